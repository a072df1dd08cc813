import { startGrpcReceiver } from "../../../src/simulate/grpc-receiver.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import type { BehaviourDetail, HttpBehaviour } from "../../../src/simulate/http-behaviour.ts";
import type { OtlpLogRecord } from "../../../src/simulate/otlp-decode.ts";
import { startOtlpReceiver } from "../../../src/simulate/otlp-receiver.ts";
import type { RelpBehavior } from "../../../src/simulate/relp-behavior.ts";
import { startRelpReceiver } from "../../../src/simulate/relp-receiver.ts";
import { type SyslogBehavior, startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
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
  syslog,
  relp,
  otlp,
  grpc,
};

const keep = 1_000_000;
const token = "5f7c0c3e-9d1b-4a57-8c1e-3b8b6f0e9a11";
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

async function hec(): Promise<HarnessOutput> {
  const receiver = await startHecReceiver({ keep, token, refuses: unwelcome });
  let ambiguous = 0;
  return {
    settings: ["type: splunk_hec", `url: ${receiver.url}`, `token: "\${HEC_TOKEN}"`, "format: raw"],
    environment: { HEC_TOKEN: token },
    judges: true,
    misbehave(random) {
      const how = pick([...overHttp, "disabled", "shutting_down"] as const, random);
      if (how === "accept_then_cut") ambiguous++;
      receiver.behave(how, { times: 1, retryAfter: "0" });
    },
    refuse: () => receiver.behave("busy"),
    behaveAs: (behaviour, detail) => receiver.behave(behaviour as HttpBehaviour, detail),
    requests: receiver.requests,
    behave: () => receiver.behave("accept"),
    deliveries: (from) =>
      receiver
        .taken()
        .slice(from)
        .map(({ text, fields, event }) => ({
          uid: String(fields?.event_uid),
          bytes: text,
          entry: JSON.stringify(event),
        })),
    count: receiver.count,
    ambiguous: () => ambiguous,
    close: receiver.close,
  };
}

async function otlp(): Promise<HarnessOutput> {
  const receiver = await startOtlpReceiver({ keep, authorization: otlpKey, refuses: unwelcome });
  let ambiguous = 0;
  return {
    settings: ["type: otlp", `endpoint: ${receiver.url}`, `headers: { authorization: "\${OTLP_KEY}" }`],
    environment: { OTLP_KEY: otlpKey },
    judges: true,
    misbehave(random) {
      const how = pick(overHttp, random);
      if (how === "accept_then_cut") ambiguous++;
      receiver.behave(how, { times: 1, retryAfter: "0" });
    },
    refuse: () => receiver.behave("busy"),
    behaveAs: (behaviour, detail) => receiver.behave(behaviour as HttpBehaviour, detail),
    requests: receiver.requests,
    behave: () => receiver.behave("accept"),
    deliveries: (from) => receiver.taken().slice(from).map(ofRecord),
    count: receiver.count,
    ambiguous: () => ambiguous,
    close: receiver.close,
  };
}

async function grpc(): Promise<HarnessOutput> {
  const receiver = await startGrpcReceiver({ keep, authorization: otlpKey, refuses: unwelcome });
  let ambiguous = 0;
  return {
    settings: [
      ...["type: otlp", "protocol: grpc", `endpoint: ${receiver.url}`],
      `headers: { authorization: "\${OTLP_KEY}" }`,
    ],
    environment: { OTLP_KEY: otlpKey },
    judges: true,
    misbehave(random) {
      const how = pick([...overHttp, "internal"] as const, random);
      if (how === "accept_then_cut") ambiguous++;
      receiver.behave(how, { times: 1, retryAfter: "0" });
    },
    refuse: () => receiver.behave("busy"),
    behaveAs: (behaviour, detail) => receiver.behave(behaviour as HttpBehaviour, detail),
    requests: receiver.requests,
    behave: () => receiver.behave("accept"),
    deliveries: (from) => receiver.taken().slice(from).map(ofRecord),
    count: receiver.count,
    ambiguous: () => ambiguous,
    close: receiver.close,
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
    judges: false,
    misbehave: (random) => receiver.behave(pick(behaviors, random)),
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
