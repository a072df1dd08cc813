import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { HttpReply } from "../http-exchange.ts";
import type { RetryResult, SendResult } from "../output.ts";
import { type Accepted, ackStatus, hecAnswer, hecBody, hecCodes } from "./answer.ts";
import { type Confirmation, received } from "./confirmation.ts";
import { type Channel, newChannel } from "./request.ts";

/** What acknowledgement is made with. */
export interface AcknowledgementOptions {
  /** One question to the acknowledgement endpoint. */
  readonly ask: (body: string, channel: Channel, deadline: AbortSignal) => Promise<HttpReply | RetryResult>;
  readonly where: string;
  readonly guid: () => string;
  readonly clock: Clock;
  /** How long a batch may stay unconfirmed, in milliseconds. */
  readonly ackTimeoutMs: number;
  /** How long one question may take, in milliseconds. */
  readonly askTimeoutMs: number;
}

/** A confirmation that needs a channel. */
export interface Acknowledgement extends Confirmation {
  channel(): Channel;
}

const firstPollMs = 200;
/** Connections that idle longer are closed, and a new one may reach another indexer. */
const slowestPollMs = 2_000;
const timeoutsBeforeHold = 3;
/**
 * Splunk removes a channel that idled for ten minutes (`ackIdleCleanup`, `maxIdleTime`) and begins it again
 * at 0; a batch on it would not be believed, and be sent twice.
 */
const longestIdleMs = 300_000;

/**
 * Indexer acknowledgement. A channel lives only as long as every request on it was answered and confirmed,
 * and as it is in use: after anything else a new one begins, so that an old `true` can never confirm a new
 * batch, whatever restarts or balances in between.
 */
export function acknowledgement(options: AcknowledgementOptions): Acknowledgement {
  const { guid, where, clock, ackTimeoutMs } = options;
  let channel = newChannel(guid());
  let usedAt = clock.monotonic();
  let timeoutsInARow = 0;
  let warned = false;
  /** A person has to see to it that questions are answered: no batch is sent for nothing. */
  let unanswerable = false;

  function unconfirmed(result: RetryResult): RetryResult {
    channel = newChannel(guid());
    return result;
  }

  function confirmed(accepted: Accepted): SendResult {
    timeoutsInARow = 0;
    warned = false;
    return received(accepted);
  }

  /** Nothing is acknowledged: that Splunk took it is all there is to know. */
  function withoutAck(accepted: Accepted): SendResult {
    const delivered: SendResult = { ...received(accepted), worth: "received" };
    if (warned) return delivered;
    warned = true;
    return { ...delivered, warning: ackIsOff };
  }

  function expired(): RetryResult {
    timeoutsInARow++;
    return unconfirmed(notConfirmed(where, ackTimeoutMs, timeoutsInARow));
  }

  return {
    channel() {
      const now = clock.monotonic();
      if (now - usedAt > longestIdleMs) channel = newChannel(guid());
      usedAt = now;
      return channel;
    },
    async ready(deadline) {
      if (!unanswerable) return undefined;
      const reply = await askAbout(options, channel, 0, deadline);
      if (reply.status === "retry") return reply;
      const state = stateIn(reply, 0, clock.now());
      unanswerable = typeof state === "object" && state.hold === true;
      return unanswerable ? (state as RetryResult) : undefined;
    },
    renew() {
      channel = newChannel(guid());
    },
    async confirm(accepted, deadline) {
      const { ackId } = accepted;
      if (ackId === undefined) return withoutAck(accepted);
      if (ackId <= channel.lastAckId) return unconfirmed(idsBeganAgain(where, ackId));
      channel.lastAckId = ackId;
      const state = await untilKnown(options, channel, ackId, deadline);
      usedAt = clock.monotonic();
      if (state === "confirmed") return confirmed(accepted);
      if (state === "disabled") return withoutAck(accepted);
      if (state === "pending") return expired();
      unanswerable = state.hold === true;
      return unconfirmed(state);
    },
  };
}

/** What is known about an id; a result when it will not be known on this channel. */
type AckState = "confirmed" | "pending" | "disabled" | RetryResult;

/** Asks until Splunk has said something final about the id; `pending` when the time for that is over. */
async function untilKnown(
  options: AcknowledgementOptions,
  channel: Channel,
  ackId: number,
  deadline: AbortSignal,
): Promise<AckState> {
  const { where, clock, ackTimeoutMs } = options;
  const giveUpAt = clock.monotonic() + ackTimeoutMs;
  for (let wait = firstPollMs; ; wait = Math.min(wait * 2, slowestPollMs)) {
    const reply = await askAbout(options, channel, ackId, deadline);
    if (deadline.aborted) return outOfTime(where);
    const state = stateIn(reply, ackId, clock.now());
    if (state !== "pending" || clock.monotonic() + wait > giveUpAt) return state;
    await clock.sleep(wait, deadline);
    if (deadline.aborted) return outOfTime(where);
  }
}

/** One question about an id, within its own time. */
async function askAbout(
  { ask, clock, askTimeoutMs }: AcknowledgementOptions,
  channel: Channel,
  ackId: number,
  deadline: AbortSignal,
): Promise<HttpReply | RetryResult> {
  const asking = deadlineAfter(clock, askTimeoutMs, deadline);
  const reply = await ask(JSON.stringify({ acks: [ackId] }), channel, asking.signal);
  asking.clear();
  return reply;
}

/**
 * What an answer says about the id. An endpoint that fails for a while is asked again; only what waits for a
 * person ends the waiting.
 */
function stateIn(reply: HttpReply | RetryResult, ackId: number, nowMs: number): AckState {
  if (reply.status === "retry") return reply.hold === true ? reply : "pending";
  const status = ackStatus(reply, ackId);
  if (status !== undefined) return status ? "confirmed" : "pending";
  const code = hecBody(reply.text)?.code;
  if (code === hecCodes.ackDisabled) return "disabled";
  const answer = hecAnswer(reply, 1, nowMs);
  if (answer.status === "retry" && (code === hecCodes.channelMissing || code === hecCodes.invalidChannel))
    // The batch was taken on this channel, so the channel was lost since: a new one is all it needs.
    return { status: "retry", reason: "bad_answer", detail: answer.detail };
  if (answer.status !== "retry" || answer.hold !== true) return "pending";
  return code === undefined ? turnedAway(answer) : answer;
}

/** Splunk says everything with a code: what has none is of something between, which took the events. */
function turnedAway({ detail, ...answer }: RetryResult): RetryResult {
  return {
    ...answer,
    detail: `events are taken, and the question whether they are indexed is turned away (services/collector/ack): ${detail}`,
    fix: "have the proxy or gateway between let services/collector/ack through as it does services/collector/event, or set ack: false",
  };
}

const ackIsOff =
  "ack is on, but nothing is acknowledged: delivered means received. Switch on indexer acknowledgement for the token, or set ack: false where the receiver has none";

function idsBeganAgain(where: string, ackId: number): RetryResult {
  return {
    status: "retry",
    reason: "bad_answer",
    detail: `${where}: acknowledgement ids began again at ${ackId}: the indexer restarted, or another one answers; sent again on a new channel`,
  };
}

function outOfTime(where: string): RetryResult {
  return {
    status: "retry",
    reason: "timeout",
    detail: `${where}: taken, but not confirmed when the time was up`,
    fix: "indexers confirm after seconds, busy ones after minutes: look at the indexing queues",
  };
}

function notConfirmed(where: string, ackTimeoutMs: number, inARow: number): RetryResult {
  return {
    status: "retry",
    reason: "timeout",
    detail: `${where}: taken, but not confirmed within ${ackTimeoutMs / 1000} s (${inARow} in a row); sent again, Splunk may hold it twice`,
    fix: "behind a load balancer, requests and acknowledgements must reach the same indexer: make its sessions sticky; otherwise look at the indexing queues, or raise `ack_timeout`",
    ...(inARow >= timeoutsBeforeHold && { hold: true }),
  };
}
