import { PassThrough } from "node:stream";
import { outputKinds } from "../../src/output/all.ts";
import type { Output } from "../../src/output/output.ts";
import { startElasticsearchReceiver } from "../../src/simulate/elasticsearch-receiver.ts";
import { startEndpointReceiver } from "../../src/simulate/endpoint-receiver.ts";
import { startFileReceiver } from "../../src/simulate/file-receiver.ts";
import { startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { startKafkaReceiver } from "../../src/simulate/kafka-receiver.ts";
import { startOtlpReceiver } from "../../src/simulate/otlp-receiver.ts";
import { startSyslogReceiver } from "../../src/simulate/syslog-receiver.ts";
import { outputContext } from "../fake/output-context.ts";
import { readCef } from "../format/cef-reader.ts";
import { strictJson } from "../format/well-formed.ts";
import { attributeText } from "../output/otlp/subject.ts";
import { parse5424 } from "../output/syslog/subject.ts";

export const agent = { name: "wandb-audit-forwarder", version: "0.0.0" };

/** A receiver, and the configuration of an output that sends to it. */
export interface Receiving {
  readonly written: Record<string, unknown>;
  /** For `stdout`. */
  readonly stream?: PassThrough;
  /** What arrived, an element per event as the receiver tells them apart: the text on the wire. */
  taken(): readonly string[];
  close(): Promise<void>;
}

/** One way out: an output, a format, an encoding. Another output or format joins with a line in `ways`. */
export interface Way {
  readonly name: string;
  readonly start: () => Promise<Receiving>;
  /** Throws when the text on the wire is not one event of its kind; gives back the project's name when the format tells it. */
  readonly read: (text: string) => string | undefined;
}

export function outputFor({ written, stream }: Receiving): Output {
  const kind = outputKinds.find(({ type }) => type === written.type);
  if (kind === undefined) throw new Error(`no output ${written.type}`);
  return kind.schema
    .parse({ name: "out", ...written })
    .create({ ...outputContext, agent, ...(stream && { stdout: stream }) });
}

type Reader = Way["read"];
const member = (text: string, ...path: string[]) => {
  let value: unknown = strictJson(text);
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" ? value : undefined;
};
/** The record to the byte may hold what a strict reader of JSON refuses: it is a text there. */
const exactName = (record: string) => {
  const name: unknown = (JSON.parse(record) as { project_name?: unknown }).project_name;
  return typeof name === "string" ? name : undefined;
};
const readers: Readonly<Record<string, Reader>> = {
  cef: (text) => void readCef(text),
  ecs: (text) => member(text, "wandb", "audit", "project_name"),
  cim: (text) => member(text, "wandb", "project_name"),
  raw: (text) => member(text, "project_name"),
  json: (text) => member(text, "project_name"),
  otlp: (text) => void strictJson(text),
  ocsf: (text) => void strictJson(text),
};

const ways: Way[] = [];

function hec(format: string, compression: string): void {
  ways.push({
    name: `splunk_hec ${format}, ${compression}`,
    async start() {
      const receiver = await startHecReceiver();
      return {
        written: {
          type: "splunk_hec",
          url: receiver.url,
          token: "00000000-0000-4000-8000-000000000000",
          format,
          compression,
          index: "main",
        },
        taken: () => receiver.taken().map(({ text }) => text),
        close: () => receiver.close(),
      };
    },
    read(text) {
      const envelope = strictJson(text) as Record<string, unknown>;
      // Where it goes is the configuration's alone.
      if (envelope.index !== "main" || envelope.sourcetype !== "wandb:audit")
        throw new Error("another index");
      if (Object.values(envelope.fields as object).some((value) => typeof value !== "string"))
        throw new Error("a field is not flat");
      const event = format === "cef" ? String(envelope.event) : JSON.stringify(envelope.event);
      return (readers[format] as Reader)(event);
    },
  });
}

function syslog(transport: "tcp" | "udp", format: string, header: string, framing: string): void {
  ways.push({
    name: `syslog ${transport}, ${framing}, ${header}, ${format}`,
    async start() {
      const receiver = await startSyslogReceiver({ transport });
      return {
        written: { type: "syslog", address: receiver.url, format, syslog: header, framing, allow_loss: true },
        taken: () => receiver.taken(),
        close: () => receiver.close(),
      };
    },
    read(text) {
      if (header === "rfc3164") {
        const match =
          /^<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d acme\.wandb\.io (?:wandb-audit: )?(.*)$/su.exec(
            text,
          );
        if (match === null) throw new Error(`outside RFC 3164: ${text.slice(0, 200)}`);
        return payload(format, match[1] as string);
      }
      const message = parse5424(text);
      if (message === undefined) throw new Error(`outside RFC 5424: ${text.slice(0, 200)}`);
      const elements = message.structuredData.match(/\[/g)?.length ?? 0;
      if (elements > 0 && !message.structuredData.startsWith("[wandb@32473"))
        throw new Error("forged structured data");
      return payload(format, message.text);
    },
  });
}

/** Syslog's `json` carries the record itself, beside its structured data. */
function payload(format: string, text: string): string | undefined {
  return (readers[format === "json" ? "raw" : format] as Reader)(text);
}

function otlp(protocol: string): void {
  ways.push({
    name: `otlp ${protocol}`,
    async start() {
      const receiver = await startOtlpReceiver();
      return {
        written: { type: "otlp", endpoint: receiver.url, protocol },
        taken: () => receiver.taken().map((one) => JSON.stringify(one)),
        close: () => receiver.close(),
      };
    },
    read(text) {
      // The record itself, as text; one that is no JSON object is not to be had as anything else.
      const original = attributeText(JSON.parse(text), "log.record.original");
      strictJson(text);
      return original?.startsWith('{"timestamp"') === true ? exactName(original) : undefined;
    },
  });
}

function stdout(format: string): void {
  ways.push({
    name: `stdout ${format}`,
    async start() {
      const stream = new PassThrough();
      let text = "";
      stream.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
      return {
        written: { type: "stdout", format },
        stream,
        taken: () => text.split("\n").slice(0, -1),
        close: async () => void stream.destroy(),
      };
    },
    read: readers[format] as Reader,
  });
}

function file(format: string): void {
  ways.push({
    name: `file ${format}`,
    async start() {
      const receiver = startFileReceiver();
      return {
        written: { type: "file", path: receiver.path, format },
        taken: receiver.taken,
        close: async () => receiver.close(),
      };
    },
    read: readers[format] as Reader,
  });
}

function http(body: string, format: string): void {
  ways.push({
    name: `http ${body}, ${format}`,
    async start() {
      const receiver = await startEndpointReceiver({
        ...(body === "json_array" && {
          events: (parsed) => (parsed as { events: { text: string }[] }).events.map(({ text }) => text),
        }),
      });
      const around =
        body === "json_array"
          ? { event: { uid: "<uid>", text: "<text>" }, envelope: { events: "<events>" } }
          : {};
      return {
        written: { type: "http", url: receiver.url, body, format, ...around },
        taken: () => receiver.taken().map((text) => (body === "json_array" ? JSON.parse(text) : text)),
        close: () => receiver.close(),
      };
    },
    read: readers[format] as Reader,
  });
}

function elasticsearch(compression: string): void {
  ways.push({
    name: `elasticsearch, ${compression}`,
    async start() {
      const receiver = await startElasticsearchReceiver({ storesTwice: true });
      return {
        written: { type: "elasticsearch", urls: [receiver.url], compression },
        taken: () => receiver.taken().map(({ id, text }) => `${id} ${text}`),
        close: () => receiver.close(),
      };
    },
    read(text) {
      const document = text.slice(text.indexOf(" ") + 1);
      // Which document it is, and of which stream, the configuration and the uid alone say.
      if (member(document, "event", "id") !== text.slice(0, text.indexOf(" ")))
        throw new Error("another _id");
      if (member(document, "data_stream", "dataset") !== "wandb.audit") throw new Error("another stream");
      return (readers.ecs as Reader)(document);
    },
  });
}

function kafka(key: string, format: string): void {
  ways.push({
    name: `kafka ${key}, ${format}`,
    async start() {
      const receiver = await startKafkaReceiver();
      return {
        written: {
          ...{ type: "kafka", brokers: [receiver.address], topic: receiver.topic, transport: "plaintext" },
          ...{ key, format },
        },
        // The headers are the program's own, and stand apart from the value.
        taken: () => receiver.taken().map(({ headers, value }) => `${headers.uid} ${value}`),
        close: () => receiver.close(),
      };
    },
    read: (text) => (readers[format] as Reader)(text.slice(text.indexOf(" ") + 1)),
  });
}

for (const format of ["cim", "raw", "ecs", "cef", "ocsf"]) hec(format, format === "cim" ? "gzip" : "none");
for (const format of ["cef", "ecs", "json", "ocsf"])
  for (const header of ["rfc5424", "rfc3164"])
    for (const framing of ["octet_counting", "newline"]) syslog("tcp", format, header, framing);
syslog("udp", "cef", "rfc5424", "octet_counting");
elasticsearch("gzip");
elasticsearch("none");
otlp("http/protobuf");
otlp("http/json");
for (const format of ["ecs", "cef", "cim", "json", "raw", "otlp", "ocsf"]) {
  stdout(format);
  file(format);
  http("ndjson", format);
  http("json_array", format);
  kafka(format === "ecs" ? "actor" : "uid", format);
}

export { ways };
