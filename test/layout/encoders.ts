import { formatNames, formats } from "../../src/format/all.ts";
import { otlpProtobuf } from "../../src/format/otlp-protobuf.ts";
import type { Encode } from "../../src/layout/learnt.ts";
import { documentLines } from "../../src/output/elasticsearch/document.ts";
import { jsonRecord } from "../../src/output/otlp/record.ts";
import { hecEncoder } from "../../src/output/splunk-hec/encoder.ts";
import { type Framing, frameWriter, framings } from "../../src/output/syslog/frame.ts";
import { type MessageOptions, syslogMessage } from "../../src/output/syslog/message.ts";
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

/** What every output makes of an event, in every way it can be configured to that concerns the event's bytes. */
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

/** Those of them that no kind of common events may keep from being learnt. */
export const learning: readonly string[] = [...encoders.keys()].filter(
  // CEF as a text of JSON is escaped as a whole.
  (name) => name !== "hec cef",
);
