import { type Backoff, backoffMs } from "./backoff.ts";
import { type Batch, makeBatch, type Shape, settlement, type Verdict } from "./batch.ts";
import { Bell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import type { Condition } from "./condition.ts";
import { deadlineAfter } from "./deadline.ts";
import type { Output, SendResult } from "./output/output.ts";
import type { Tell } from "./report/report.ts";
import type { Limit, Spool } from "./spool/spool.ts";

/** So many events given up in a row, with nothing accepted between them, are a wrong setting rather than bad events. */
const refusalsBeforeHold = 3;
const idleMs = 30_000;
/** A send may overrun its own deadline a little before the loop counts as hanging. */
const graceMs = 60_000;

export interface DeliverOptions {
  readonly name: string;
  readonly output: Output;
  readonly spool: Spool;
  readonly shape: Shape;
  readonly limit: Limit;
  readonly maxWaitMs: number;
  readonly sendTimeoutMs: number;
  readonly backoff: Backoff;
  /** How often a held output is tried. */
  readonly holdIntervalMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Reads this output's secrets and certificates again; true when a secret changed. */
  readonly reload: () => boolean;
  /** Rings when records were kept. */
  readonly kept: Bell;
}

/** One output's way out of the spool. The whole delivery policy is here, once for all outputs. */
export interface Deliver {
  /**
   * Delivers until `drain` aborts and then until its backlog is empty or the remote fails; starts no send after `halt`.
   * `deadline` gives up the send in flight. Rejects with SpoolError when the state cannot be trusted.
   */
  run(signals: { drain: AbortSignal; halt: AbortSignal; deadline: AbortSignal }): Promise<void>;
  /** A person says that something was repaired: tries now, and judges refusals afresh. */
  retryNow(): void;
  condition(): Condition;
}

export function deliver(options: DeliverOptions): Deliver {
  const { name, output, spool, shape, clock, random, tell } = options;
  let position = spool.position(name);
  /** Events per send; falls while a culprit is looked for, and grows back. */
  let limit = options.limit.events;
  /** Verdicts on events not settled yet, by seq. */
  const condemned = new Map<number, Verdict>();
  let givenUpInARow = 0;
  /** Since when a batch that is not full waits for more; monotonic, because the wall clock may jump. */
  let fillingSince: number | undefined;
  const retry = new Bell(clock);
  let condition: Condition = {
    state: "idle",
    since: clock.now(),
    failures: 0,
    turnsBy: Number.POSITIVE_INFINITY,
  };

  function become(state: Condition["state"], rest: Partial<Condition> & { turnsInMs: number }): void {
    const { turnsInMs, ...facts } = rest;
    const since = condition.state === state ? condition.since : clock.now();
    condition = { failures: 0, ...facts, state, since, turnsBy: clock.monotonic() + turnsInMs + graceMs };
  }

  function prepare(after: number): Batch | undefined {
    const records = spool.read(after, { events: limit, bytes: options.limit.bytes });
    return makeBatch(records, shape, { events: limit, bytes: options.limit.bytes }, condemned);
  }

  function settle(batch: Batch, rejected: ReadonlyMap<number, Verdict>, seconds: number): void {
    const now = clock.now();
    const { counts, dead } = settlement(batch, rejected, now);
    spool.settle(name, batch.through, counts, dead);
    position = batch.through;
    fillingSince = undefined;
    for (const { record } of batch.condemned) condemned.delete(record.seq);
    const events = batch.sent.length - rejected.size;
    if (events > 0)
      tell({
        type: "delivered",
        output: name,
        events,
        seconds,
        ages: batch.times.map((time) => Math.max(0, now - time) / 1000),
      });
    if (batch.filtered.length > 0) tell({ type: "filtered", output: name, events: batch.filtered.length });
    for (const [source, unknown] of batch.unknownActions)
      tell({ type: "unknown_actions", output: name, source, events: unknown });
    for (const { record, reason, detail } of dead)
      tell({ type: "dead", output: name, uid: record.uid, reason: reason as Verdict["reason"], detail });
  }

  function recovered(): void {
    if (condition.state === "held")
      tell({ type: "released", output: name, heldSeconds: (clock.now() - condition.since) / 1000 });
    else if (condition.failures > 0)
      tell({ type: "output_recovered", output: name, failures: condition.failures });
    become("working", { failures: 0, turnsInMs: 0 });
  }

  /** Nothing may be assumed about the batch; gives back how long to wait. */
  function failed(result: Extract<SendResult, { status: "retry" }>, seconds: number): number {
    const failures = condition.failures + 1;
    const { reason, detail, fix } = result;
    const patience =
      result.hold === true
        ? options.holdIntervalMs * (0.75 + 0.5 * random())
        : backoffMs(failures, options.backoff, random);
    const retryInMs = Math.max(result.retryAfterMs ?? 0, patience);
    const known = { reason, detail, ...(fix === undefined ? {} : { fix }) };
    tell({ type: "delivery_failed", output: name, ...known, retryInMs, seconds });
    if (result.hold === true && condition.state !== "held") tell({ type: "held", output: name, ...known });
    if (result.hold === true && options.reload()) tell({ type: "secret_reloaded", owner: `output ${name}` });
    become(result.hold === true ? "held" : "retrying", {
      ...known,
      failures,
      nextTry: clock.now() + retryInMs,
      turnsInMs: retryInMs,
    });
    return retryInMs;
  }

  /** The remote will never take this batch: narrows it down to the culprit. Gives back a failure when it refuses everything. */
  function narrow(
    batch: Batch,
    { reason, detail, culprits }: Extract<SendResult, { status: "refused" }>,
  ): SendResult | undefined {
    const single = batch.sent.length === 1;
    const guilty = reason === "too_large" && !single ? [] : (culprits ?? (single ? [0] : []));
    if (
      guilty.length > 0 &&
      single &&
      (givenUpInARow >= refusalsBeforeHold || condition.reason === "refuses_everything")
    )
      return {
        status: "retry",
        hold: true,
        reason: "refuses_everything",
        detail: `${givenUpInARow} events in a row were refused, the last with: ${detail}`,
        fix: "check the output's settings; what was refused is in its dead letters, the rest is kept",
      };
    for (const index of guilty) {
      const record = batch.sent[index];
      if (record === undefined) continue;
      condemned.set(record.seq, { reason, detail });
      givenUpInARow++;
    }
    if (guilty.length === 0) limit = Math.max(1, Math.floor(batch.sent.length / 2));
    // Once several were given up, one event alone tells whether the remote accepts anything at all.
    else if (givenUpInARow >= refusalsBeforeHold) limit = 1;
    return undefined;
  }

  function accepted(
    batch: Batch,
    result: Extract<SendResult, { status: "delivered" }>,
    seconds: number,
  ): SendResult | undefined {
    const rejected = new Map(result.rejected.map(({ index, reason, detail }) => [index, { reason, detail }]));
    const everyone = rejected.size >= batch.sent.length;
    if (everyone && (givenUpInARow >= refusalsBeforeHold || condition.reason === "refuses_everything")) {
      limit = 1;
      const detail = result.rejected[0]?.detail ?? "";
      return {
        status: "retry",
        hold: true,
        reason: "refuses_everything",
        detail,
        fix: "check the output's settings; what was refused is in its dead letters, the rest is kept",
      };
    }
    recovered();
    settle(batch, rejected, seconds);
    givenUpInARow = everyone ? givenUpInARow + rejected.size : 0;
    if (!everyone) limit = Math.min(options.limit.events, limit * 2);
    if (result.warning !== undefined) tell({ type: "delivery_warning", output: name, text: result.warning });
    return undefined;
  }

  /** How long the batch should still wait for more events; 0 when it should go. */
  function fillMs(batch: Batch): number {
    if (batch.full || condemned.size > 0 || condition.failures > 0) return 0;
    fillingSince ??= clock.monotonic();
    return Math.max(0, fillingSince + options.maxWaitMs - clock.monotonic());
  }

  return {
    condition: () => condition,

    retryNow() {
      givenUpInARow = 0;
      if (condition.reason === "refuses_everything") condition = { ...condition, reason: "bad_event" };
      retry.ring();
    },

    async run({ drain, halt, deadline }) {
      let next: Batch | undefined;
      while (!halt.aborted) {
        const batch = next ?? prepare(position);
        next = undefined;
        if (batch === undefined) {
          if (drain.aborted) break;
          if (condition.failures === 0) become("idle", { turnsInMs: idleMs });
          await options.kept.wait(idleMs, drain);
          continue;
        }
        const wait = drain.aborted ? 0 : fillMs(batch);
        if (wait > 0) {
          become("waiting", { turnsInMs: wait });
          await options.kept.wait(wait, drain);
          continue;
        }
        if (batch.sent.length === 0) {
          settle(batch, new Map(), 0);
          continue;
        }
        if (condition.failures === 0) become("working", { turnsInMs: options.sendTimeoutMs });
        else condition = { ...condition, turnsBy: clock.monotonic() + options.sendTimeoutMs + graceMs };
        const began = clock.monotonic();
        const sendDeadline = deadlineAfter(options.sendTimeoutMs, deadline);
        const sending = output.send(batch.outgoing, sendDeadline.signal);
        // The next batch is made while this one travels.
        const following = prepare(batch.through);
        const result = await sending;
        sendDeadline.clear();
        const seconds = (clock.monotonic() - began) / 1000;
        let failure: SendResult | undefined = result;
        if (result.status === "delivered") {
          failure = accepted(batch, result, seconds);
          if (failure === undefined && condemned.size === 0 && following?.full === true) next = following;
          if (failure === undefined && result.slowDownMs !== undefined)
            await retry.wait(result.slowDownMs, halt);
        } else if (result.status === "refused") failure = narrow(batch, result);
        if (failure?.status !== "retry") continue;
        const waitMs = failed(failure, seconds);
        // While draining there is no time to wait for a remote that fails: the spool keeps what is left.
        if (drain.aborted) break;
        await retry.wait(waitMs, drain);
      }
      become("stopped", { turnsInMs: Number.POSITIVE_INFINITY });
    },
  };
}
