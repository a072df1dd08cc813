import type { Format } from "../../format/format.ts";
import { tlsFiles } from "../../net/tls.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { Output, RetryResult, SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { TakenBefore } from "../taken-before.ts";
import { kafkaClient, type MakeMessages, type RecordCompression } from "./client.ts";
import { type FaultWords, kafkaFault, protocolErrors } from "./fault.ts";
import type { Login } from "./login.ts";
import { messageMaker } from "./messages.ts";
import { sendOutcome, Unconfirmed } from "./outcome.ts";
import { probeKafka } from "./probe.ts";
import { type BrokerAddress, brokerText, refusalOf } from "./reach.ts";
import { type RecordKey, recordEncoder } from "./record.ts";

/** What a topic is written with; times in milliseconds. */
export interface KafkaOptions {
  readonly brokers: readonly BrokerAddress[];
  readonly topic: string;
  readonly clientId: string;
  readonly key: RecordKey;
  /** Whose time a record has: that of the event, or of its sending. */
  readonly timestamp: "event" | "sent";
  /** As the header `format` names it. */
  readonly formatName: string;
  readonly write: Format;
  readonly compression: RecordCompression;
  /** Undefined: connections are not encrypted. */
  readonly tls: TlsConfig | undefined;
  readonly login: Login | undefined;
  readonly maxBatchBytes: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * A topic of Kafka, a record for each event. Does not connect yet; throws an Error when a TLS file is
 * missing.
 */
export function kafka(options: KafkaOptions): Output {
  const { brokers, login, clock, timeoutMs } = options;
  const tls = options.tls === undefined ? undefined : tlsFiles(options.tls);
  const way = { brokers, tls, clock };
  const where = brokerText(brokers[0] as BrokerAddress);
  const words = (): FaultWords => ({
    ...{ brokers, tls, hasSasl: login !== undefined, nowMs: clock.now() },
    secrets: login?.secrets() ?? [],
  });
  const client = kafkaClient({
    ...options,
    tls,
    sasl: login?.sasl,
    rules: {
      isFinal: (error) => kafkaFault(error, words()).hold === true,
      answersIn: (error) => protocolErrors(error).length,
    },
  });
  const messages = messageMaker(options);
  const before = new TakenBefore();

  async function faultOf(error: unknown, deadline: AbortSignal): Promise<RetryResult> {
    if (deadline.aborted && error === deadline.reason) return noAnswer(where);
    const fault = kafkaFault(error, words());
    if (fault.reason !== "connection_lost") return fault;
    // A certificate that is not taken shows as a connection that ends.
    const refused = await refusalOf(error, way, deadline);
    return refused === undefined ? fault : kafkaFault(refused, words());
  }

  async function attempt(batch: Payloads, deadline: AbortSignal): Promise<SendResult> {
    const unready = await login?.ready(deadline);
    if (unready !== undefined) return unready;
    const indexes = before.others(batch);
    if (indexes.length === 0) {
      before.over(batch);
      return { status: "delivered", rejected: [] };
    }
    const make: MakeMessages = (count, pack) => messages(batch, indexes, count, pack);
    const produced = await client.produce(make, deadline);
    const { stored, result } = sendOutcome(produced, indexes, batch.count);
    if (result?.status === "delivered") before.over(batch);
    else before.remember(batch, stored);
    return result ?? (await faultOf(produced.error ?? new Unconfirmed(leftOut), deadline));
  }

  async function send(batch: Payloads, within: AbortSignal): Promise<SendResult> {
    if (within.aborted) return noAnswer(where);
    const { signal, clear } = deadlineAfter(clock, timeoutMs, within);
    try {
      const result = await attempt(batch, signal);
      const stale = result.status === "retry" && result.reason === "unauthorized" && login?.renew() === true;
      return stale ? await attempt(batch, signal) : result;
    } finally {
      clear();
    }
  }

  return {
    encode: recordEncoder(options.write, options.key),
    send,
    probe: (deadline) => probeKafka({ ...options, settings: options.tls, way, client, faultOf }, deadline),
    reload() {
      const changed = [tls?.reload() ?? false, login?.reload() ?? false].includes(true);
      if (changed) client.drop();
      return changed;
    },
    async close() {
      await Promise.all([client.close(), login?.close()]);
    },
  };
}

const leftOut = "the brokers' answers leave out partitions that were written to";

/** The deadline came before the answer: the brokers may or may not have the batch. */
function noAnswer(where: string): RetryResult {
  return {
    ...{ status: "retry", reason: "timeout", detail: `${where}: no answer in time` },
    fix: "the brokers are too slow or hang, or what answers there is no broker: look at their log, or raise `timeout`",
  };
}
