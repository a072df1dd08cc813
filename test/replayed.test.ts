import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatNames, formats } from "../src/format/all.ts";
import { anyOutputKind } from "../src/output/configured.ts";
import { kafkaKind } from "../src/output/kafka/kind.ts";
import { hecEncoder } from "../src/output/splunk-hec/encoder.ts";
import { encoded } from "./fake/payloads.ts";
import { agent } from "./format/arbitrary-event.ts";
import { eventOf } from "./format/vectors.ts";
import { syslogOutput } from "./output/syslog/subject.ts";

// What is sent again by a replay, in every format and envelope, with its label; `labelled` says whether there
// is a place for one. `UPDATE_CASES=1 npx vitest run test/replayed.test.ts` writes the files anew.
const folder = join(import.meta.dirname, "replayed");
const update = process.env.UPDATE_CASES === "1";
const label = "20260801120000";
const input = readFileSync(join(import.meta.dirname, "cases", "run-update", "input.json"), "utf8").trim();

function replayed() {
  return Object.assign(eventOf(input, "0123456789abcdef0123456789abcdef"), { replayId: label });
}

const hec = { index: "security", sourcetype: "wandb:audit", source: undefined, host: undefined, agent };
const syslog = (settings: Record<string, unknown>) =>
  encoded(syslogOutput({ address: "udp://127.0.0.1:514", ...settings }), replayed()).toString();

/** A record as `map` shows it: key, headers, value. */
const kafka = (settings: Record<string, unknown>) =>
  anyOutputKind(kafkaKind)
    .schema.parse({ name: "k", type: "kafka", brokers: ["kafka.example"], topic: "audit", ...settings })
    .preview(agent)(replayed());

const made: readonly (readonly [file: string, labelled: boolean, text: () => string])[] = [
  ...formatNames.map(
    (name) =>
      [
        `${name}.txt`,
        name !== "raw" && name !== "cim",
        () => encoded({ encode: formats[name](agent) }, replayed()).toString(),
      ] as const,
  ),
  ...(["cim", "raw", "ecs", "cef"] as const).map(
    (format) =>
      [
        `hec-${format}.txt`,
        true,
        () => encoded({ encode: hecEncoder({ ...hec, format }) }, replayed()).toString(),
      ] as const,
  ),
  ...(["ecs", "json", "cim", "cef", "raw", "otlp"] as const).map(
    (format) => [`kafka-${format}.txt`, true, () => kafka({ format })] as const,
  ),
  ["kafka-by-actor.txt", true, () => kafka({ format: "raw", key: "actor" })],
  ["kafka-without-key.txt", true, () => kafka({ format: "raw", key: "none" })],
  ...(["rfc5424", "rfc3164"] as const).flatMap((header) =>
    (["cef", "ecs", "json"] as const).map(
      (format) => [`syslog-${header}-${format}.txt`, true, () => syslog({ syslog: header, format })] as const,
    ),
  ),
];

it.each(made)("%s is what was written down", (file, labelled, make) => {
  const path = join(folder, file);
  const text = `${make()}\n`;
  if (update) {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
  expect(text.includes(label)).toBe(labelled);
});

it("nothing else lies there", () => {
  expect(readdirSync(folder).sort()).toEqual(made.map(([file]) => file).sort());
});
