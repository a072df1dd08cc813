import type { Agent } from "../../agent.ts";
import { otlpProtobuf } from "../../format/otlp-protobuf.ts";
import { jsonRequest, protobufRequest } from "../../format/otlp-request.ts";
import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Protocol } from "../../net/otlp-environment.ts";
import { isHeaderValue } from "../../schema/headers.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { failedExchange, maxAnswerBytes, timedOut } from "../http-outcome.ts";
import type { Output, SendResult } from "../output.ts";
import { type Packing, packed } from "../packed.ts";
import { Payloads } from "../payloads.ts";
import { type OtlpReply, otlpAnswer } from "./answer.ts";
import { probeOtlp } from "./probe.ts";
import { byOrigin, jsonRecord } from "./record.ts";

/** The specification's own limit for what a client reads of a success. */
const maxSuccessBytes = 4_194_304;

/** What an OTLP output is made with; times in milliseconds. */
export interface OtlpOptions {
  /** Send the W&B record itself along. */
  readonly original: boolean;
  readonly agent: Agent;
  /** `url` is the whole address. */
  readonly http: HttpOptions;
  readonly protocol: Protocol;
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  readonly compression: Packing;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** OpenTelemetry log records over HTTP, one resource for each W&B instance. */
export function otlp(options: OtlpOptions): Output {
  const { http, headers, protocol, clock } = options;
  const client = httpClient(http);
  const where = http.url.host;
  const json = protocol === "http/json";
  const encode = json ? jsonRecord(options.original) : otlpProtobuf(options.original);
  const requestOf = json ? jsonRequest : protobufRequest;
  const secrets = headers.map(([, value]) => value);

  async function post(batch: Payloads, deadline: AbortSignal): Promise<OtlpReply> {
    const plain = requestOf(options.agent, byOrigin(batch));
    const { body, headers: coding } = await packed(plain, options.compression);
    const answer = await client.request({
      method: "POST",
      path: http.url.pathname + http.url.search,
      headers: {
        ...Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
        "content-type": json ? "application/json" : "application/x-protobuf",
        ...coding,
      },
      body,
      deadline,
    });
    const limit = answer.status < 300 ? maxSuccessBytes : maxAnswerBytes;
    return { status: answer.status, headers: answer.headers, body: await answer.bytes(limit) };
  }

  async function attempt(batch: Payloads, within: AbortSignal): Promise<SendResult> {
    if (within.aborted) return timedOut(where);
    if (!headers.every(([, value]) => isHeaderValue(value.reveal()))) return unusableHeader;
    const { signal, clear } = deadlineAfter(clock, options.timeoutMs, within);
    try {
      return otlpAnswer(await post(batch, signal), batch.count, clock.now(), secrets);
    } catch (error) {
      return failedExchange(error, where, signal);
    } finally {
      clear();
    }
  }

  return {
    encode,
    send: attempt,
    probe: (deadline) => probeOtlp({ http, deadline, empty: () => attempt(new Payloads(), deadline) }),
    reload: () => client.reload(),
    close: () => client.close(),
  };
}

/** A secret file can change to anything while the program runs. */
const unusableHeader: SendResult = {
  status: "retry",
  reason: "configuration",
  hold: true,
  detail: "a header's value holds characters that a header cannot carry",
  fix: "look at the files that `headers` are read from: one line of text, no control characters",
};
