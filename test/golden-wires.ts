import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import type { AuditEvent } from "../src/event/event.ts";
import { formatNames, formats } from "../src/format/all.ts";
import { outputKinds } from "../src/output/all.ts";
import { hecEncoder } from "../src/output/splunk-hec/encoder.ts";
import { encoded } from "./fake/payloads.ts";
import { agent } from "./format/arbitrary-event.ts";
import { syslogOutput } from "./output/syslog/subject.ts";

const update = process.env.UPDATE_CASES === "1";
const hec = { index: "security", sourcetype: "wandb:audit", source: undefined, host: undefined, agent };

/** What an event is in a format or on the wire of an output. */
interface Wire {
  readonly file: string;
  /** Absent: there is nothing around the record. */
  readonly envelope: boolean;
  readonly text: (event: AuditEvent) => string;
}

const bare: ReadonlySet<string> = new Set(["raw", "cim"]);
/** Whatever the format, there is something beside it. */
const withHeaders: ReadonlySet<string> = new Set(["archive", "kafka"]);
/** These have lines of their own, in every way that concerns what is around an event. */
const shownOtherwise: ReadonlySet<string> = new Set(["stdout", "splunk_hec", "syslog"]);

function syslog(settings: Readonly<Record<string, unknown>>): Wire["text"] {
  return (event) => encoded(syslogOutput({ address: "udp://127.0.0.1:514", ...settings }), event).toString();
}

/** The first example of a kind of output. */
function sampleOf(type: string): Readonly<Record<string, unknown>> {
  const folder = join(import.meta.dirname, "..", "src", "output", type.replaceAll("_", "-"));
  return parse(readFileSync(join(folder, "sample.yaml"), "utf8")).outputs[0];
}

const wires: readonly Wire[] = [
  ...formatNames.map((name) => ({
    file: `${name}.txt`,
    envelope: !bare.has(name),
    text: (event: AuditEvent) => encoded({ encode: formats[name](agent) }, event).toString(),
  })),
  ...(["cim", "raw", "ecs", "cef", "ocsf"] as const).map((format) => ({
    file: `hec-${format}.txt`,
    envelope: true,
    text: (event: AuditEvent) => encoded({ encode: hecEncoder({ ...hec, format }) }, event).toString(),
  })),
  ...(["rfc5424", "rfc3164"] as const).flatMap((header) =>
    (["cef", "ecs", "json", "ocsf"] as const).map((format) => ({
      file: `syslog-${header}-${format}.txt`,
      envelope: true,
      text: syslog({ syslog: header, format }),
    })),
  ),
  ...outputKinds
    .filter(({ type }) => !shownOtherwise.has(type))
    .flatMap(({ type, formats, schema }) =>
      formats.map((format) => ({
        file: `${type}-${format}.txt`,
        envelope: withHeaders.has(type) || !bare.has(format),
        text: (event: AuditEvent) =>
          schema.parse(sampleOf(type)).inFormat(format)?.preview(agent)(event) ?? "",
      })),
    ),
];

/**
 * Holds `event` against the files of a folder in every format and on every wire. `marks` are the texts that it
 * is about, each of which must be there; `places` says where there is no place for them. `UPDATE_CASES=1
 * npx vitest run` and the test's file writes the files anew.
 */
export function isGoldenOnEveryWire(
  name: string,
  event: () => AuditEvent,
  marks: readonly string[],
  places: "everywhere" | "in envelopes",
): void {
  const folder = join(import.meta.dirname, name);

  it.each(wires)(`$file of ${name} is what was written down`, ({ file, envelope, text: make }) => {
    const path = join(folder, file);
    const text = `${make(event())}\n`;
    if (update) {
      mkdirSync(folder, { recursive: true });
      if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, "utf8"));
    for (const mark of marks) expect(text.includes(mark)).toBe(envelope || places === "everywhere");
  });

  it(`nothing else lies in ${name}`, () => {
    expect(readdirSync(folder).sort()).toEqual(wires.map(({ file }) => file).sort());
  });
}
