import { readFileSync } from "node:fs";
import { jsonSchema } from "../src/config/json-schema.ts";
import { allKinds } from "../src/config/load.ts";
import { type FormatName, formatNames } from "../src/format/all.ts";
import { outputKinds } from "../src/output/all.ts";
import { detectionTable } from "./detection-fields.ts";
import { keyTable } from "./key-places.ts";
import { withParts } from "./marked-parts.ts";

const page = new URL("../docs/formats.md", import.meta.url);

/** What each format is, in a few words. */
const are: Readonly<Record<FormatName, string>> = {
  cef: "one CEF 0 line",
  ecs: "an Elastic Common Schema 9.4.0 document",
  cim: "the fields of Splunk's Common Information Model 8.5.0, the record nested under `wandb`",
  raw: "the record's own text on one line, numbers that no double holds as strings, half a surrogate pair as U+FFFD; [labels](#labels), where there are some, as its last member",
  json: "a flat normalised record, for tools of your own",
  otlp: "an OpenTelemetry log record",
  ocsf: "an event of the Open Cybersecurity Schema Framework 1.8.0",
};

/** What outputs call a format otherwise. */
const renamed: Readonly<Record<string, string>> = { "syslog raw": "there called `json`" };

/** docs/formats.md with its tables made anew. */
export function formatsPage(): string {
  return withParts(readFileSync(page, "utf8"), {
    formats: formatTable(),
    detection: detectionTable(),
    keys: keyTable(),
  });
}

function formatTable(): string {
  const rows = formatNames.map((name) => {
    const users = outputKinds.flatMap((kind) => useOf(kind, name));
    return `| \`${name}\` | ${are[name]} | ${users.join(", ")} |`;
  });
  return ["| format | is | used by |", "|---|---|---|", ...rows].join("\n");
}

const { items } = jsonSchema(allKinds).properties?.outputs ?? {};
/** The format that each kind of output has when nothing is said. */
const defaults = new Map(
  (items?.anyOf ?? []).map(({ properties = {} }) => [properties.type?.const, properties.format?.default]),
);

function useOf({ type, formats }: (typeof outputKinds)[number], name: FormatName): string[] {
  // What syslog calls json is the record itself, its fields in the header.
  const called = type === "syslog" && name === "raw" ? "json" : name;
  if (type === "syslog" && name === "json") return [];
  if (!formats.includes(called)) return [];
  const notes = [defaults.get(type) === called ? "default" : "", renamed[`${type} ${name}`] ?? ""];
  const told = notes.filter((note) => note !== "");
  return [`\`${type}\`${told.length === 0 ? "" : ` (${told.join(", ")})`}`];
}
