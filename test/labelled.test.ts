import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withLabels } from "../src/record/origin.ts";
import { labels } from "../src/schema/labels.ts";
import { origin } from "./format/arbitrary-event.ts";
import { eventOf } from "./format/vectors.ts";
import { isGoldenOnEveryWire } from "./golden-wires.ts";

// An event of an output that has labels.
const written = { environment: "production", tenant: "acme" };
const input = readFileSync(join(import.meta.dirname, "cases", "run-update", "input.json"), "utf8").trim();
const labelled = () =>
  eventOf(input, "0123456789abcdef0123456789abcdef", withLabels(origin, labels.parse(written)));

isGoldenOnEveryWire("labelled", labelled, Object.entries(written).flat(), "everywhere");
