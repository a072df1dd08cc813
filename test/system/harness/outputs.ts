import { type ArchiveBehavior, startArchiveReceiver } from "../../../src/simulate/archive-receiver.ts";
import { startElasticsearchReceiver } from "../../../src/simulate/elasticsearch-receiver.ts";
import { startEndpointReceiver } from "../../../src/simulate/endpoint-receiver.ts";
import { type FileBehavior, startFileReceiver } from "../../../src/simulate/file-receiver.ts";
import { startGrpcReceiver } from "../../../src/simulate/grpc-receiver.ts";
import { type HecReceiver, startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import type { BehaviourDetail, HttpBehaviour } from "../../../src/simulate/http-behaviour.ts";
import type { KafkaBehavior } from "../../../src/simulate/kafka-behavior.ts";
import { plainLogin, startKafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import type { OtlpLogRecord } from "../../../src/simulate/otlp-decode.ts";
import { startOtlpReceiver } from "../../../src/simulate/otlp-receiver.ts";
import type { RelpBehavior } from "../../../src/simulate/relp-behavior.ts";
import { startRelpReceiver } from "../../../src/simulate/relp-receiver.ts";
import { type SyslogBehavior, startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { batchesUnsettled } from "./settled.ts";
import { unwelcome } from "./source.ts";

/** One event as a receiver got it. */
export interface Delivery {
  readonly uid: string;
  /** All of it, for comparing repeats. */
  readonly bytes: string;
  /** The W&B entry inside. */
  readonly entry: string;
}

/** A receiver under test conditions. */
export interface HarnessOutput {
  /** What the configuration says about it, without the keys all outputs have; one member per line. */
  readonly settings: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Batches that a crash may have it take again: those that nobody knows to be there. */
  readonly repeatsAfterCrash: number;
  /** Each file of it is of one day: of several days only each is in order. */
  readonly byDay?: true;
  /** Where it stores on a disk of this machine, which may lose its power with it. */
  readonly directory?: string;
  /** Refuses single events, so that dead letters are right. */
  readonly judges: boolean;
  /** Starts to fail in some way, for one request or until `behave`. */
  misbehave(random: () => number): void;
  /** Takes nothing until `behave`. */
  refuse(): void;
  /** Behaves in one of the ways its stand-in knows. */
  behaveAs(behaviour: string, detail?: BehaviourDetail): void;
  /** Requests, or connections where there are no requests. */
  requests(): number;
  behave(): void;
  /** Another state begins: what it took is not there any more to be seen. */
  renew?(): void;
  /** What it took, without the first `from` events. */
  deliveries(from: number): readonly Delivery[];
  /** Events taken, also where the sender could not know it. */
  count(): number;
  /** Requests that were taken but not answered so that the sender can know it, at most. */
  ambiguous(): number;
  close(): Promise<void>;
}

/** Every output that the harnesses drive: a further one is one line here. */
export const harnessOutputs: Readonly<Record<string, () => Promise<HarnessOutput>>> = {
  hec,
  hec_ack: hecAck,
  syslog,
  relp,
  otlp,
  grpc,
  file,
  http,
  elasticsearch,
  kafka,
  archive,
};

const keep = 1_000_000;
const token = "5f7c0c3e-9d1b-4a57-8c1e-3b8b6f0e9a11";
const endpointToken = "endpoint/canary+token==9";
const elasticKey = "ZWxhc3RpYzpjYW5hcnkva2V5KzM=";
const kafkaPassword = "kafka/canary+password==5";
const otlpKey = "Bearer otlp/canary+value==7";
const overHttp: readonly HttpBehaviour[] = [
  "busy",
  "server_error",
  "throttle",
  "unauthorized",
  "html",
  "redirect",
  "reset",
  "cut_answer",
  "hang",
  "accept_then_cut",
  "accept_then_cut",
  "accept_then_cut",
];

const pick = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)] as T;

interface HttpLike<B extends string> {
  behave(behaviour: B | HttpBehaviour, detail?: BehaviourDetail): void;
  requests(): number;
  count(): number;
  close(): Promise<void>;
}

/** What all stand-ins have in common that answer a request for each batch; `also`: their own ways to fail. */
function answering<B extends string>(
  receiver: HttpLike<B>,
  also: readonly B[],
): Omit<HarnessOutput, "settings" | "environment" | "deliveries"> {
  let ambiguous = 0;
  return {
    repeatsAfterCrash: batchesUnsettled,
    judges: true,
    misbehave(random) {
      const how = pick<B | HttpBehaviour>([...overHttp, ...also], random);
      if (how === "accept_then_cut") ambiguous++;
      receiver.behave(how, { times: 1, retryAfter: "0" });
    },
    refuse: () => receiver.behave("busy"),
    behaveAs: (behaviour, detail) => receiver.behave(behaviour as HttpBehaviour, detail),
    requests: receiver.requests,
    behave: () => receiver.behave("accept"),
    count: receiver.count,
    ambiguous: () => ambiguous,
    close: receiver.close,
  };
}

async function hec(): Promise<HarnessOutput> {
  return collector(await startHecReceiver({ keep, token, refuses: unwelcome }));
}

function collector(receiver: HecReceiver): HarnessOutput {
  return {
    settings: ["type: splunk_hec", `url: ${receiver.url}`, `token: "\${HEC_TOKEN}"`, "format: raw"],
    environment: { HEC_TOKEN: token },
    ...answering(receiver, ["disabled", "shutting_down"]),
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map(({ text, fields, event }) => ({
          uid: String(fields?.event_uid),
          bytes: text,
          entry: JSON.stringify(event),
        })),
  };
}

/** With acknowledgement: whatever fails may meet the question about a batch that was taken. */
async function hecAck(): Promise<HarnessOutput> {
  const receiver = await startHecReceiver({ keep, token, ack: true, refuses: unwelcome });
  const plain = collector(receiver);
  let ambiguous = 0;
  return {
    ...plain,
    settings: [...plain.settings, "ack: true", "ack_timeout: 2s"],
    misbehave(random) {
      ambiguous++;
      const how = random();
      if (how < 0.2) receiver.restart();
      else if (how < 0.4) receiver.acknowledge(pick(["second_time", "never", "down"], random));
      else plain.misbehave(random);
    },
    behave() {
      receiver.acknowledge("at_once");
      plain.behave();
    },
    ambiguous: () => ambiguous,
  };
}

async function otlp(): Promise<HarnessOutput> {
  const receiver = await startOtlpReceiver({ keep, authorization: otlpKey, refuses: unwelcome });
  return {
    settings: ["type: otlp", `endpoint: ${receiver.url}`, `headers: { authorization: "\${OTLP_KEY}" }`],
    environment: { OTLP_KEY: otlpKey },
    ...answering(receiver, []),
    deliveries: (from) => receiver.taken().slice(from).map(ofRecord),
  };
}

async function grpc(): Promise<HarnessOutput> {
  const receiver = await startGrpcReceiver({ keep, authorization: otlpKey, refuses: unwelcome });
  return {
    settings: [
      ...["type: otlp", "protocol: grpc", `endpoint: ${receiver.url}`],
      `headers: { authorization: "\${OTLP_KEY}" }`,
    ],
    environment: { OTLP_KEY: otlpKey },
    ...answering(receiver, ["internal"]),
    deliveries: (from) => receiver.taken().slice(from).map(ofRecord),
  };
}

/** A log record with the W&B entry beside it. */
function ofRecord(record: OtlpLogRecord): Delivery {
  const text = (name: string) =>
    String(Object.values(record.attributes.find(({ key }) => key === name)?.value ?? { none: "none" })[0]);
  return {
    uid: text("log.record.uid"),
    bytes: JSON.stringify(record),
    entry: text("log.record.original"),
  };
}

async function syslog(): Promise<HarnessOutput> {
  const receiver = await startSyslogReceiver({ transport: "tcp", keep });
  const behaviors: readonly SyslogBehavior[] = ["refuse", "reset", "hang", "cut", "cut", "die", "die"];
  let uncertain = 0;
  let since: number | undefined;
  const settle = () => {
    if (since !== undefined) uncertain += receiver.connections() - since;
    since = undefined;
  };
  return {
    // So long that a receiver which only stalls is never taken for one that keeps connections open.
    settings: ["type: syslog", `address: ${receiver.url}`, "format: json", "close_timeout: 1m"],
    environment: {},
    repeatsAfterCrash: batchesUnsettled,
    judges: false,
    misbehave(random) {
      settle();
      const how = pick(behaviors, random);
      if (how === "cut" || how === "die") since = receiver.connections();
      receiver.behave(how);
    },
    refuse: () => receiver.behave("refuse"),
    behaveAs: (behaviour) => receiver.behave(behaviour as SyslogBehavior),
    requests: receiver.connections,
    behave() {
      settle();
      receiver.behave("accept");
      // Who was not read from so far may begin anew.
      receiver.cut();
    },
    deliveries: (from) => receiver.taken().slice(from).map(ofMessage),
    count: receiver.count,
    ambiguous: () => uncertain + (since === undefined ? 0 : receiver.connections() - since),
    close: receiver.close,
  };
}

async function relp(): Promise<HarnessOutput> {
  const receiver = await startRelpReceiver({ keep });
  // Not what refuses a message once: that one comes behind its neighbours then, which is right.
  const behaviors: readonly RelpBehavior[] = [
    ...(["hang", "no_answer", "reset", "refuse_open", "serverclose", "wrong_transaction"] as const),
    ...(["cut", "cut", "cut"] as const),
  ];
  return {
    settings: ["type: syslog", `address: ${receiver.url}`, "format: json"],
    environment: {},
    repeatsAfterCrash: batchesUnsettled,
    judges: false,
    misbehave(random) {
      receiver.behave(pick(behaviors, random));
      // What one that was killed has sent, and is not read yet, would be taken behind what nobody has taken.
      receiver.cut();
    },
    refuse: () => receiver.behave("refuse_open"),
    behaveAs: (behaviour) => receiver.behave(behaviour as RelpBehavior),
    requests: receiver.connections,
    behave() {
      receiver.behave("accept");
      // Who was not answered so far may begin anew.
      receiver.cut();
    },
    deliveries: (from) => receiver.taken().slice(from).map(ofMessage),
    count: receiver.count,
    // What may come again is counted by messages.
    ambiguous: receiver.unanswered,
    close: receiver.close,
  };
}

/** A message of RFC 5424 with the record's fields as structured data. */
function ofMessage(message: string): Delivery {
  return {
    uid: /^<\d+>1 [^[]*\[wandb@\d+ uid="([0-9a-f]{32})"/.exec(message)?.[1] ?? "none",
    bytes: message,
    entry: message.slice(message.indexOf("] {") + 2),
  };
}

/** What is in the file already is not written again: a crash repeats nothing. */
async function file(): Promise<HarnessOutput> {
  const receiver = startFileReceiver();
  const behaviors: readonly FileBehavior[] = ["gone", "link", "folder", "renamed"];
  return {
    // Many small files, none of which is removed.
    settings: [
      "type: file",
      `path: ${receiver.path}`,
      "format: ecs",
      "rotate: { max_bytes: 64KB, min_interval: 0s, keep: 100000 }",
    ],
    environment: {},
    repeatsAfterCrash: 0,
    judges: false,
    misbehave: (random) => receiver.behave(pick(behaviors, random)),
    refuse: () => receiver.behave("gone"),
    behaveAs: (behaviour) => receiver.behave(behaviour as FileBehavior),
    requests: receiver.count,
    behave: () => receiver.behave("accept"),
    renew() {
      receiver.behave("accept");
      receiver.empty();
    },
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map((line) => {
          const { event } = JSON.parse(line) as { event: { id: string; original: string } };
          return { uid: event.id, bytes: line, entry: event.original };
        }),
    count: receiver.count,
    ambiguous: () => 0,
    close: async () => receiver.close(),
  };
}

/** Files that are never stored twice: a crash repeats nothing. Each line holds its record once. */
async function archive(): Promise<HarnessOutput> {
  const receiver = startArchiveReceiver();
  return {
    settings: ["type: archive", `url: ${receiver.url}`, "roll: 1s", "attest: true"],
    directory: receiver.folder,
    environment: {},
    repeatsAfterCrash: 0,
    byDay: true,
    judges: false,
    misbehave: (random) => receiver.behave(pick<ArchiveBehavior>(["gone", "open"], random)),
    refuse: () => receiver.behave("gone"),
    behaveAs: (behaviour) => receiver.behave(behaviour as ArchiveBehavior),
    requests: receiver.count,
    behave: () => receiver.behave("accept"),
    renew() {
      receiver.behave("accept");
      receiver.empty();
    },
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map((line) => {
          const { uid, record } = JSON.parse(line) as { uid: string; record: string };
          return { uid, bytes: line, entry: record };
        }),
    count: receiver.count,
    ambiguous: () => 0,
    close: async () => receiver.close(),
  };
}

async function http(): Promise<HarnessOutput> {
  const receiver = await startEndpointReceiver({
    keep,
    authorization: () => `Bearer ${endpointToken}`,
    refuses: unwelcome,
  });
  return {
    settings: [
      "type: http",
      `url: ${receiver.url}/logs`,
      `auth: { type: bearer, token: "\${ENDPOINT_TOKEN}" }`,
      "body: json_array",
      "format: ecs",
    ],
    environment: { ENDPOINT_TOKEN: endpointToken },
    ...answering(receiver, []),
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map((line) => {
          const { event } = JSON.parse(line) as { event: { id: string; original: string } };
          return { uid: event.id, bytes: line, entry: event.original };
        }),
  };
}

/** What it has it does not store again. */
async function elasticsearch(): Promise<HarnessOutput> {
  const receiver = await startElasticsearchReceiver({
    keep,
    authorization: `ApiKey ${elasticKey}`,
    refuses: unwelcome,
  });
  return {
    settings: ["type: elasticsearch", `urls: ["${receiver.url}"]`, `api_key: "\${ELASTIC_KEY}"`],
    environment: { ELASTIC_KEY: elasticKey },
    // Not what takes some of a batch: the others come behind them then, which is right.
    ...answering(receiver, ["blocked", "missing", "unheard", "unheard"]),
    repeatsAfterCrash: 0,
    ambiguous: () => 0,
    renew: receiver.rollOver,
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map(({ id, text }) => ({ uid: id, bytes: text, entry: JSON.parse(text).event.original })),
  };
}

async function kafka(): Promise<HarnessOutput> {
  const receiver = await startKafkaReceiver({
    keep,
    login: plainLogin("forwarder", kafkaPassword),
    refuses: unwelcome,
  });
  const behaviors: readonly KafkaBehavior[] = [
    ...(["hang", "reset", "not_leader", "few_replicas", "unauthorized", "forbidden", "stranger"] as const),
    ...(["throttle", "unknown_producer", "swallow", "cut", "cut", "cut"] as const),
  ];
  return {
    settings: [
      "type: kafka",
      `brokers: ["${receiver.address}"]`,
      `topic: ${receiver.topic}`,
      "transport: plaintext",
      `sasl: { mechanism: PLAIN, username: forwarder, password: "\${KAFKA_PASSWORD}" }`,
    ],
    environment: { KAFKA_PASSWORD: kafkaPassword },
    repeatsAfterCrash: batchesUnsettled,
    judges: true,
    misbehave: (random) => receiver.behave(pick(behaviors, random), { times: 1 }),
    refuse: () => receiver.behave("few_replicas"),
    behaveAs: (behaviour, { times } = {}) =>
      receiver.behave(behaviour as KafkaBehavior, { ...(times !== undefined && { times }) }),
    requests: receiver.requests,
    behave() {
      receiver.behave("accept");
      // Who was not answered so far may begin anew.
      receiver.cut();
    },
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map(({ key, headers, value }) => ({
          uid: headers.uid ?? "none",
          bytes: JSON.stringify([key, headers, value]),
          entry: (JSON.parse(value) as { event: { original: string } }).event.original,
        })),
    count: receiver.count,
    ambiguous: receiver.unanswered,
    close: receiver.close,
  };
}
