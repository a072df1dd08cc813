import { writeArchiveLine } from "../../src/archive/line.ts";
import { formatNames, formats } from "../../src/format/all.ts";
import { otlpProtobuf } from "../../src/format/otlp-protobuf.ts";
import type { Encode } from "../../src/layout/learnt.ts";
import { documentLines } from "../../src/output/elasticsearch/document.ts";
import { eventWriter } from "../../src/output/http/template.ts";
import { recordEncoder } from "../../src/output/kafka/record.ts";
import { jsonRecord } from "../../src/output/otlp/record.ts";
import { hecEncoder } from "../../src/output/splunk-hec/encoder.ts";
import { type Framing, frameWriter, framings } from "../../src/output/syslog/frame.ts";
import { syslogKind } from "../../src/output/syslog/kind.ts";
import { type MessageOptions, syslogMessage } from "../../src/output/syslog/message.ts";
import { outputContext } from "../fake/output-context.ts";
import { agent } from "../format/arbitrary-event.ts";

const syslog = {
  facility: 13,
  hostname: undefined,
  appName: "wandb-audit",
  enterpriseNumber: 32_473,
  bom: false,
  deviceVersion: "1.0",
  agent,
} as const;

function framed(options: MessageOptions, framing: Framing): Encode {
  const message = syslogMessage(options);
  const write = frameWriter(framing);
  return (event, into) => void write(into, () => message(event, into));
}

const schemes = { octet_counting: "tls", newline: "tcp", none: "udp" } as const;

/** Messages of which many would be too long. */
function cut(format: "cef" | "ecs" | "json", framing: keyof typeof schemes): Encode {
  const size = { cef: 1_200, ecs: 3_072, json: 1_024 }[format];
  const config = syslogKind.schema.parse({
    ...{ name: "siem", type: "syslog" },
    address: `${schemes[framing]}://siem.example`,
    format,
    max_size: size,
    ...(framing === "newline" && { framing }),
  });
  const output = syslogKind.create(config, outputContext);
  return (event, into) => output.encode(event, into);
}

/** What outputs make of an event, in every way they can be configured to that concerns the event's bytes. */
export const encoders: ReadonlyMap<string, Encode> = new Map([
  ...formatNames.map((name): [string, Encode] => [name, formats[name](agent)]),
  ...formatNames
    .filter((name) => name !== "otlp")
    .map((format): [string, Encode] => [
      `hec ${format}`,
      hecEncoder({ index: "security", sourcetype: "t", source: undefined, host: undefined, format, agent }),
    ]),
  ["elasticsearch", documentLines("security", agent)],
  ...(["cef", "ecs", "json", "ocsf"] as const).flatMap((format) =>
    (["rfc5424", "rfc3164"] as const).flatMap((header) =>
      ([...framings, "none"] as const).map((framing): [string, Encode] => [
        `syslog ${format} ${header} ${framing}`,
        framed({ ...syslog, format, header }, framing),
      ]),
    ),
  ),
  ...[true, false].flatMap((original): [string, Encode][] => [
    [`otlp protobuf, original ${original}`, otlpProtobuf(original)],
    [`otlp json, original ${original}`, jsonRecord(original)],
  ]),
]);

/** With those that put the event's bytes, or a label of it, somewhere else than others do. */
export const allEncoders: ReadonlyMap<string, Encode> = new Map([
  ...encoders,
  ["kafka raw by uid", recordEncoder(formats.raw(agent), "uid")],
  ["kafka ecs by actor", recordEncoder(formats.ecs(agent), "actor")],
  [
    "http",
    eventWriter(
      { at: ["<time>", "<time_s>", "<time_ms>", "<time_ns>"], id: "<uid>", event: "<event>" },
      formats.json(agent),
    ),
  ],
  ["http base64", eventWriter(["<base64>", "<text>"], formats.cef(agent))],
  ["archive", writeArchiveLine],
  ...(["cef", "ecs", "json"] as const).flatMap((format) =>
    (["octet_counting", "newline", "none"] as const).map((framing): [string, Encode] => [
      `syslog ${format} ${framing}, cut`,
      cut(format, framing),
    ]),
  ),
]);

/** Escaped or coded as a whole, or written from texts. */
const unlearnt: readonly string[] = ["hec cef", "http base64", "archive"];

/** Those of them that no kind of common events may keep from being learnt. */
export const learning: readonly string[] = [...allEncoders.keys()].filter((name) => !unlearnt.includes(name));
