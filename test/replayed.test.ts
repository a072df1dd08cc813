import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventOf } from "./format/vectors.ts";
import { isGoldenOnEveryWire } from "./golden-wires.ts";

// What is sent again by a replay, with its id.
const label = "20260801120000";
const input = readFileSync(join(import.meta.dirname, "cases", "run-update", "input.json"), "utf8").trim();
const replayed = () => Object.assign(eventOf(input, "0123456789abcdef0123456789abcdef"), { replayId: label });

isGoldenOnEveryWire("replayed", replayed, [label], "in envelopes");
