import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { HttpReply } from "../http-exchange.ts";
import { type RetryResult, timedOut } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";
import { type Accepted, ackStatus, hecAnswer, hecBody, hecCodes } from "./answer.ts";
import { type Channel, newChannel } from "./request.ts";

export interface AcknowledgementOptions {
  /** One question to the acknowledgement endpoint. */
  readonly ask: (body: string, channel: Channel, deadline: AbortSignal) => Promise<HttpReply | RetryResult>;
  readonly where: string;
  readonly guid: () => string;
  readonly clock: Clock;
  /** How long a batch may stay unconfirmed. */
  readonly ackTimeoutMs: number;
  /** How long one question may take. */
  readonly askTimeoutMs: number;
}

/**
 * Indexer acknowledgement. A channel lives only as long as every request on it was answered and confirmed: after anything
 * else a new one begins, so that an old `true` can never confirm a new batch, whatever restarts or balances in between.
 */
export interface Acknowledgement {
  channel(): Channel;
  /** Nothing asked on the old channel counts any more. */
  renew(): void;
  /** Waits until Splunk confirms what it accepted, refuses to, or `deadline` aborts. */
  confirm(accepted: Accepted, deadline: AbortSignal): Promise<SendResult>;
}

const firstPollMs = 200;
/** Connections that idle longer are closed, and a new one may reach another indexer. */
const slowestPollMs = 2_000;
const timeoutsBeforeHold = 3;

export function acknowledgement(options: AcknowledgementOptions): Acknowledgement {
  const { clock, guid, where } = options;
  let channel = newChannel(guid());
  let timeoutsInARow = 0;
  let warned = false;

  function renew(): void {
    channel = newChannel(guid());
  }

  function unconfirmed(result: RetryResult): RetryResult {
    renew();
    return result;
  }

  /** The token does not acknowledge: what Splunk took is all there is to know. */
  function withoutAck({ slowDownMs }: Accepted): SendResult {
    const slowDown = slowDownMs === undefined ? {} : { slowDownMs };
    if (warned) return { status: "delivered", rejected: [], ...slowDown };
    warned = true;
    const warning =
      "ack is on, but the token has no indexer acknowledgement: delivered means received by Splunk. Switch it on for the token, or set ack: false";
    return { status: "delivered", rejected: [], warning, ...slowDown };
  }

  function expired(): RetryResult {
    timeoutsInARow++;
    const often = timeoutsInARow >= timeoutsBeforeHold;
    return unconfirmed({
      status: "retry",
      reason: "timeout",
      detail: `${where}: taken, but not confirmed within ${options.ackTimeoutMs / 1000} s (${timeoutsInARow} in a row); sent again, Splunk may hold it twice`,
      fix: "behind a load balancer, requests and acknowledgements must reach the same indexer: make its sessions sticky; otherwise look at the indexing queues, or raise `ack_timeout`",
      ...(often && { hold: true }),
    });
  }

  return {
    channel: () => channel,
    renew,

    async confirm(accepted, deadline) {
      const { ackId } = accepted;
      if (ackId === undefined) return withoutAck(accepted);
      if (ackId <= channel.lastAckId)
        return unconfirmed({
          status: "retry",
          reason: "bad_answer",
          detail: `${where}: acknowledgement ids began again at ${ackId}: the indexer restarted, or another one answers; sent again on a new channel`,
        });
      channel.lastAckId = ackId;
      const giveUpAt = clock.monotonic() + options.ackTimeoutMs;
      for (let wait = firstPollMs; ; wait = Math.min(wait * 2, slowestPollMs)) {
        const asking = deadlineAfter(clock, options.askTimeoutMs, deadline);
        const reply = await options.ask(JSON.stringify({ acks: [ackId] }), channel, asking.signal);
        asking.clear();
        if (deadline.aborted) return unconfirmed(timedOut(where));
        const verdict = judge(reply, ackId, clock.now());
        if (verdict === "confirmed") {
          timeoutsInARow = 0;
          warned = false;
          const { slowDownMs } = accepted;
          return { status: "delivered", rejected: [], ...(slowDownMs !== undefined && { slowDownMs }) };
        }
        if (verdict === "disabled") return withoutAck(accepted);
        if (verdict !== "pending") return unconfirmed(verdict);
        if (clock.monotonic() + wait > giveUpAt) return expired();
        await clock.sleep(wait, deadline);
        if (deadline.aborted) return unconfirmed(timedOut(where));
      }
    },
  };
}

/** What an answer says about the id. An endpoint that fails for a while is asked again; only what waits for a person ends the waiting. */
function judge(
  reply: HttpReply | RetryResult,
  ackId: number,
  nowMs: number,
): "confirmed" | "pending" | "disabled" | RetryResult {
  if (reply.status === "retry") return reply.hold === true ? reply : "pending";
  const status = ackStatus(reply, ackId);
  if (status !== undefined) return status ? "confirmed" : "pending";
  const code = hecBody(reply.text)?.code;
  if (code === hecCodes.ackDisabled) return "disabled";
  const answer = hecAnswer(reply, 1, nowMs);
  if (answer.status === "retry" && (code === hecCodes.channelMissing || code === hecCodes.invalidChannel))
    // The batch was taken on this channel, so the channel was lost since: a new one is all it needs.
    return { status: "retry", reason: "bad_answer", detail: answer.detail };
  return answer.status === "retry" && answer.hold === true ? answer : "pending";
}
