import { join } from "node:path";
import type { Remote } from "./remote/remote.ts";
import { emptyFolder, type Written } from "./written.ts";

/** One way of an event from the source to an output. */
export interface Path {
  /** As `--only` and the bounds name it. */
  readonly key: string;
  readonly name: string;
  /** Bodies come in gzip, and are counted after the measurement. */
  readonly zipped: boolean;
  /** Prepares what is not the remote's to count, and says how it is counted. */
  watch?(remote: Remote): () => Written;
  /** The output, as the configuration has it; `nth` tells several of the same kind apart. */
  output(remote: Remote, nth?: number): string;
}

function hec(key: string, name: string, zipped: boolean, rest: string): Path {
  return {
    key,
    name,
    zipped,
    output: ({ httpPort }, nth = 0) =>
      `{ name: out${nth}, type: splunk_hec, url: "http://127.0.0.1:${httpPort}/${nth}", token: bench, ${rest} }`,
  };
}

const linesFolder = (folder: string) => join(folder, "lines");
const archiveFolder = (folder: string) => join(folder, "archive");

/** HEC as it is cheapest, which the other measurements are made with. */
export const plainHec: Path = hec("hec", "HTTP → HEC (cim)", false, "compression: none");

/** All of them, in the order of the table. */
export const paths: readonly Path[] = [
  plainHec,
  hec("hec-gzip", "HTTP → HEC (cim, gzip)", true, "compression: gzip"),
  hec(
    "hec-redact",
    "HTTP → HEC (cim, redact)",
    false,
    "compression: none, redact: { drop: [actor_ip], pseudonymize: [actor_email, user_email], key: bench }",
  ),
  hec("hec-ecs", "HTTP → HEC (ecs)", false, "compression: none, format: ecs"),
  {
    key: "syslog",
    name: "HTTP → syslog TCP (cef)",
    zipped: false,
    output: ({ syslogPort }) =>
      `{ name: out0, type: syslog, address: "tcp://127.0.0.1:${syslogPort}", format: cef, framing: octet_counting }`,
  },
  {
    key: "relp",
    name: "HTTP → syslog RELP (cef)",
    zipped: false,
    output: ({ syslogPort }) =>
      `{ name: out0, type: syslog, address: "relp://127.0.0.1:${syslogPort}", format: cef }`,
  },
  {
    key: "otlp",
    name: "HTTP → OTLP (protobuf)",
    zipped: false,
    output: ({ httpPort }) =>
      `{ name: out0, type: otlp, endpoint: "http://127.0.0.1:${httpPort}", protocol: http/protobuf, compression: none }`,
  },
  {
    key: "otlp-grpc",
    name: "HTTP → OTLP (gRPC)",
    zipped: false,
    watch: ({ grpc }) => grpc.watch(),
    output: ({ grpc }) =>
      `{ name: out0, type: otlp, endpoint: "http://127.0.0.1:${grpc.port}", protocol: grpc, compression: none }`,
  },
  {
    key: "http",
    name: "HTTP → HTTP (ecs, array)",
    zipped: false,
    // Events are counted by their first member.
    output: ({ httpPort }) =>
      `{ name: out0, type: http, url: "http://127.0.0.1:${httpPort}/logs", body: json_array, format: ecs, event: { time: <time_ms>, event: <event> }, batch: { max_events: 1000 } }`,
  },
  {
    key: "elasticsearch",
    name: "HTTP → Elasticsearch (ecs)",
    zipped: false,
    output: ({ httpPort }) =>
      `{ name: out0, type: elasticsearch, urls: ["http://127.0.0.1:${httpPort}"], compression: none }`,
  },
  {
    key: "kafka",
    name: "HTTP → Kafka (ecs)",
    zipped: false,
    // One partition: its records are counted by the heads of their batches.
    output: ({ syslogPort }) =>
      `{ name: out0, type: kafka, brokers: ["127.0.0.1:${syslogPort}"], topic: audit, transport: plaintext, compression: none }`,
  },
  {
    key: "file",
    name: "HTTP → file (ecs)",
    zipped: false,
    watch: ({ folder }) => emptyFolder(linesFolder(folder)),
    // One file: what is counted is read while it grows.
    output: ({ folder }) =>
      `{ name: out0, type: file, path: "${join(linesFolder(folder), "audit.ndjson")}", format: ecs, rotate: { max_bytes: 1TiB } }`,
  },
  {
    key: "archive",
    name: "HTTP → archive (NDJSON)",
    zipped: false,
    watch: ({ folder }) => emptyFolder(archiveFolder(folder)),
    // Plain files: their lines are counted.
    output: ({ folder }) =>
      `{ name: out0, type: archive, url: "file://${archiveFolder(folder)}", compression: none, roll: 1s }`,
  },
];
