import { httpClient } from "../../net/http/client.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { HttpReply } from "../http-exchange.ts";
import { timedOut } from "../http-outcome.ts";
import type { Output, RetryResult } from "../output.ts";
import { type Packing, packed } from "../packed.ts";
import type { Payloads } from "../payloads.ts";
import { acknowledgement } from "./ack.ts";
import { hecAnswer } from "./answer.ts";
import { type Confirmation, noConfirmation } from "./confirmation.ts";
import { type HecContent, hecEncoder } from "./encoder.ts";
import { probeHec } from "./probe.ts";
import { type HecRequest, hecRequest, newChannel } from "./request.ts";

/** What a Splunk output is made with. */
export interface SplunkHecOptions extends HecContent {
  readonly http: HttpOptions;
  readonly token: Secret;
  readonly compression: Exclude<Packing, "zstd">;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Present: wait so many milliseconds for indexer acknowledgement. */
  readonly ackTimeoutMs: number | undefined;
  readonly clock: Clock;
  readonly guid: () => string;
}

/**
 * Splunk's HTTP Event Collector. A payload is one envelope and a newline, a request's body the payloads.
 * Does not connect yet; throws an Error when a TLS file is missing.
 */
export function splunkHec(options: SplunkHecOptions): Output {
  const { http, clock } = options;
  const client = httpClient(http);
  const where = http.url.host;
  const ask = hecRequest(client, http.url, options.token);
  const confirmation = confirmationOf(options, ask);
  const encode = hecEncoder(options);

  async function post(batch: Payloads, deadline: AbortSignal): Promise<HttpReply | RetryResult> {
    const plain = batch.whole().subarray(0, -1);
    const { body, headers } = await packed([plain], options.compression);
    const { signal, clear } = deadlineAfter(clock, options.timeoutMs, deadline);
    const channel = confirmation.channel();
    const reply = await ask({ method: "POST", endpoint: "event", body, headers, channel, deadline: signal });
    clear();
    return reply;
  }

  return {
    encode(event, into) {
      encode(event, into);
      into.byte(newline);
    },

    async send(batch, deadline) {
      if (deadline.aborted) return timedOut(where);
      // An empty request is an error to Splunk (code 5).
      if (batch.count === 0) return { status: "delivered", rejected: [] };
      const unready = await confirmation.ready(deadline);
      if (unready !== undefined) return unready;
      const reply = await post(batch, deadline);
      const answer = reply.status === "retry" ? reply : hecAnswer(reply, batch.count, clock.now());
      if (answer.status === "accepted") return confirmation.confirm(answer, deadline);
      confirmation.renew();
      return answer;
    },

    probe: (deadline) =>
      probeHec({
        ask,
        http,
        clock,
        index: options.index,
        channel: options.ackTimeoutMs === undefined ? undefined : newChannel(options.guid()),
        deadline,
      }),
    reload: () => client.reload(),
    close: () => client.close(),
  };
}

function confirmationOf(
  { http, guid, clock, ackTimeoutMs, timeoutMs }: SplunkHecOptions,
  ask: HecRequest,
): Confirmation {
  if (ackTimeoutMs === undefined) return noConfirmation;
  return acknowledgement({
    ask: (body, channel, deadline) => ask({ method: "POST", endpoint: "ack", body, channel, deadline }),
    where: http.url.host,
    guid,
    clock,
    ackTimeoutMs,
    askTimeoutMs: timeoutMs,
  });
}

const newline = 0x0a;
