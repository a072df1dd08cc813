import type { Agent } from "../src/agent.ts";
import type { AuditEvent } from "../src/event/event.ts";
import { formats } from "../src/format/all.ts";
import { formatted } from "../src/format/format.ts";
import { hecEncoder } from "../src/output/splunk-hec/encoder.ts";
import { readCef } from "../test/format/cef-reader.ts";

const agent: Agent = { name: "wandb-audit-forwarder", version: "0.1.0" };
const hec = hecEncoder({
  ...{ index: "wandb_audit", sourcetype: "wandb:audit", source: undefined, host: undefined },
  ...{ format: "cim" as const, agent },
});

/** What the examples show: the formats, and the envelope of HEC around the one that Splunk gets. */
export const exampleFormats = {
  cef: formatted(formats.cef(agent)),
  ecs: formatted(formats.ecs(agent)),
  cim: formatted(hec),
  otlp: formatted(formats.otlp(agent)),
  ocsf: formatted(formats.ocsf(agent)),
  json: formatted(formats.json(agent)),
} as const;

/** Formats whose fields the tables name. */
export type ExampleFormat = keyof typeof exampleFormats;

/** The names of an event's fields in a format, each with its values as texts. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** The fields of an event as people search for them in what takes the format. */
export function fieldsOf(format: ExampleFormat, event: AuditEvent): Fields {
  const text = exampleFormats[format](event);
  if (format === "cef") return cefFields(text);
  const document = JSON.parse(text);
  if (format === "otlp") return otlpFields(document);
  if (format === "cim") return splunkFields(document);
  return new Map(flat(document, ""));
}

/** The indexed fields, those that Splunk finds in the event, and the time. */
function splunkFields({ time, fields, event }: Readonly<Record<string, unknown>>): Fields {
  return new Map([["_time", [String(time)]], ...flat(fields, ""), ...flat(event, "", "{}")]);
}

/** The class id, name and severity of the header, and the extension. */
function cefFields(line: string): Fields {
  const { header, extension } = readCef(line);
  const [, , , classId = "", name = "", severity = ""] = header;
  return new Map([
    ["class id", [classId]],
    ["name", [name]],
    ["severity", [severity]],
    ...[...extension].map(([key, value]): [string, string[]] => [key, [value]]),
  ]);
}

interface OtlpRecord {
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly [member: string]: unknown;
}

function otlpFields({ attributes, ...record }: OtlpRecord): Fields {
  return new Map([
    ...flat(record, ""),
    ...attributes.map(({ key, value }): [string, string[]] => [key, leaves(value)]),
  ]);
}

/** Dotted names; Splunk writes `{}` behind the name of a list. */
function flat(value: unknown, name: string, ofList = ""): [string, string[]][] {
  if (Array.isArray(value)) {
    const merged = new Map<string, string[]>();
    for (const [inner, values] of value.flatMap((each) => flat(each, name + ofList, ofList)))
      merged.set(inner, [...(merged.get(inner) ?? []), ...values]);
    return [...merged];
  }
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      flat(inner, name === "" ? key : `${name}.${key}`, ofList),
    );
  return [[name, [String(value)]]];
}

function leaves(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leaves);
  return [String(value)];
}
