import { promisify } from "node:util";
import { gzip as gzipWithCallback } from "node:zlib";
import type { Agent } from "../../agent.ts";
import type { AuditEvent } from "../../event/event.ts";
import { type FormatName, formats } from "../../format/all.ts";
import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Secret } from "../../secret/secret.ts";
import { quote } from "../../text/json-text.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { HttpReply } from "../http-exchange.ts";
import { type RetryResult, timedOut } from "../http-outcome.ts";
import type { Outgoing, Output } from "../output.ts";
import { type Acknowledgement, acknowledgement } from "./ack.ts";
import { hecAnswer } from "./answer.ts";
import { hecEnvelope, hecFields } from "./envelope.ts";
import { probeHec } from "./probe.ts";
import { hecRequest, newChannel } from "./request.ts";

const gzip = promisify(gzipWithCallback);

/** What an event's envelope is made with. */
export interface HecContent {
  readonly index: string | undefined;
  readonly sourcetype: string;
  /** By default the base URL of the W&B server. */
  readonly source: string | undefined;
  /** By default the W&B instance. */
  readonly host: string | undefined;
  readonly format: FormatName;
  readonly agent: Agent;
}

export interface SplunkHecOptions extends HecContent {
  readonly http: HttpOptions;
  readonly token: Secret;
  readonly compression: "gzip" | "none";
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** Present: wait so long for indexer acknowledgement. */
  readonly ackTimeoutMs: number | undefined;
  readonly clock: Clock;
  readonly guid: () => string;
}

/** Splunk's HTTP Event Collector. A payload is one envelope, a request's body the envelopes one after another. */
export function splunkHec(options: SplunkHecOptions): Output<string> {
  const { http, token, clock } = options;
  const client = httpClient(http);
  const where = http.url.host;
  const ask = hecRequest(client, http.url, token);

  const ack: Acknowledgement | undefined =
    options.ackTimeoutMs === undefined
      ? undefined
      : acknowledgement({
          ask: (body, channel, deadline) => ask({ method: "POST", endpoint: "ack", body, channel, deadline }),
          where,
          guid: options.guid,
          clock,
          ackTimeoutMs: options.ackTimeoutMs,
          askTimeoutMs: options.timeoutMs,
        });

  async function post(
    batch: readonly Outgoing<string>[],
    deadline: AbortSignal,
  ): Promise<HttpReply | RetryResult> {
    const plain = bodyOf(batch);
    const gzipped = options.compression === "gzip";
    // Level 1: the others cost several times the CPU for a few percent.
    const body = gzipped ? await gzip(plain, { level: 1 }) : plain;
    const posting = deadlineAfter(clock, options.timeoutMs, deadline);
    const channel = ack?.channel();
    const reply = await ask({
      method: "POST",
      endpoint: "event",
      body,
      gzipped,
      channel,
      deadline: posting.signal,
    });
    posting.clear();
    return reply;
  }

  return {
    encode: hecEncoder(options),

    async send(batch, deadline) {
      if (deadline.aborted) return timedOut(where);
      // An empty request is an error to Splunk (code 5).
      if (batch.length === 0) return { status: "delivered", rejected: [] };
      const reply = await post(batch, deadline);
      if (reply.status === "retry") {
        ack?.renew();
        return reply;
      }
      const answer = hecAnswer(reply, batch.length, clock.now());
      if (answer.status === "accepted") {
        if (ack !== undefined) return ack.confirm(answer, deadline);
        const { slowDownMs } = answer;
        return { status: "delivered", rejected: [], ...(slowDownMs !== undefined && { slowDownMs }) };
      }
      ack?.renew();
      return answer;
    },

    probe: (deadline) =>
      probeHec({
        ask,
        http,
        clock,
        index: options.index,
        channel: ack && newChannel(options.guid()),
        deadline,
      }),
    reload: () => client.reload(),
    close: () => client.close(),
  };
}

const newline = 0x0a;

/** The payloads as lines. Written as bytes at once: joined as text they would be copied three times. */
function bodyOf(batch: readonly Outgoing<string>[]): Buffer {
  let size = 0;
  for (const { payload } of batch) size += Buffer.byteLength(payload) + 1;
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { payload } of batch) {
    at += body.write(payload, at);
    at = body.writeUInt8(newline, at);
  }
  return body.subarray(0, -1);
}

/** Makes an event's envelope. Pure; never throws. */
export function hecEncoder(options: HecContent): (event: AuditEvent) => string {
  const { index, sourcetype, source, host } = options;
  const format = formats[options.format](options.agent);
  // CEF is a line of text, the other formats are JSON already.
  const body = options.format === "cef" ? (event: AuditEvent) => quote(format(event)) : format;
  return (event) =>
    hecEnvelope({
      event: body(event),
      time: event.time ?? event.observed,
      host: host ?? event.origin.instance,
      source: source ?? event.origin.baseUrl,
      sourcetype,
      index,
      fields: hecFields(event),
    });
}
