import type { Output, SendResult } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import { type Limit, type Spool, SpoolError } from "../spool/spool.ts";
import type { Condition } from "../status/condition.ts";
import { type Backoff, backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { Wakeup } from "../time/wakeup.ts";
import { type Batch, type Cause, makeBatch, type Shape, settlement } from "./batch.ts";
import { poisonSearch } from "./poison-search.ts";

const idleMs = 30_000;
/** A send may overrun its own deadline a little before the loop counts as hanging. */
const graceMs = 60_000;
const roomCheckMs = 2_000;

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
  /** Reads this output's secrets and certificates again: somebody may have mended them. */
  readonly reload: () => void;
  /** Rings when records were kept. */
  readonly kept: Wakeup;
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

type Delivered = Extract<SendResult, { status: "delivered" }>;
type Retry = Extract<SendResult, { status: "retry" }>;

export function deliver(options: DeliverOptions): Deliver {
  const { name, output, spool, shape, clock, random, tell } = options;
  let position = spool.position(name);
  const search = poisonSearch(options.limit.events);
  /** Since when a batch that is not full waits for more; monotonic, because the wall clock may jump. */
  let fillingSince: number | undefined;
  const retry = new Wakeup(clock);
  /** Somebody asked for a try while one was under way: its failure is not waited for. */
  let hurry = false;
  let condition: Condition = {
    state: "idle",
    since: clock.monotonic(),
    failures: 0,
    stallsAt: Number.POSITIVE_INFINITY,
  };

  function become(state: Condition["state"], rest: Partial<Condition> & { expectedWithinMs: number }): void {
    const { expectedWithinMs, ...facts } = rest;
    const since = condition.state === state ? condition.since : clock.monotonic();
    condition = {
      failures: 0,
      ...facts,
      state,
      since,
      stallsAt: clock.monotonic() + expectedWithinMs + graceMs,
    };
  }

  function prepare(after: number): Batch | undefined {
    const limit = { events: search.limit(), bytes: options.limit.bytes };
    return makeBatch(spool.read(after, limit), shape, limit, search.givenUp);
  }

  /** On a full disk waits for room: a restart would send again what the remote has. Rejects when `deadline` comes first. */
  async function writeDown(deadline: AbortSignal, write: () => void): Promise<void> {
    for (;;) {
      try {
        write();
        return;
      } catch (error) {
        if (!(error instanceof SpoolError && error.failure === "full") || deadline.aborted) throw error;
        const known = { detail: `this cannot be written down: ${error.message}`, fix: error.fix };
        if (condition.state !== "blocked")
          tell({ type: "delivery_warning", output: name, text: `${known.detail}; ${known.fix}` });
        become("blocked", { reason: "spool_full", ...known, expectedWithinMs: roomCheckMs });
        await clock.sleep(roomCheckMs, deadline);
      }
    }
  }

  async function settle(
    batch: Batch,
    rejected: ReadonlyMap<number, Cause>,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<void> {
    const now = clock.now();
    const { counts, dead } = settlement(batch, rejected, now);
    await writeDown(deadline, () => spool.settle(name, batch.through, counts, dead));
    position = batch.through;
    fillingSince = undefined;
    search.settled(batch);
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
      tell({ type: "dead", output: name, uid: record.uid, reason: reason as Cause["reason"], detail });
  }

  function recovered(): void {
    if (condition.state === "held")
      tell({ type: "released", output: name, heldSeconds: (clock.monotonic() - condition.since) / 1000 });
    else if (condition.failures > 0)
      tell({ type: "output_recovered", output: name, failures: condition.failures });
    become("working", { failures: 0, expectedWithinMs: 0 });
  }

  function patienceMs({ hold, reason }: Retry, failures: number): number {
    if (hold === true) return options.holdIntervalMs * (0.75 + 0.5 * random());
    // A server may close an idle connection just as a batch leaves: that deserves another try at once, but only one.
    if (reason === "connection_lost" && failures === 1) return 0;
    return backoffMs(failures, options.backoff, random);
  }

  /** Nothing may be assumed about the batch; gives back how long to wait. */
  function failed(result: Retry, seconds: number): number {
    const failures = condition.failures + 1;
    const { reason, detail, fix } = result;
    const retryInMs = Math.max(result.retryAfterMs ?? 0, patienceMs(result, failures));
    const known = { reason, detail, ...(fix === undefined ? {} : { fix }) };
    tell({ type: "delivery_failed", output: name, ...known, retryInMs, seconds });
    if (result.hold === true && condition.state !== "held") tell({ type: "held", output: name, ...known });
    if (result.hold === true) options.reload();
    // A held output whose remote then cannot be reached is still held: only something accepted ends it.
    become(result.hold === true || condition.state === "held" ? "held" : "retrying", {
      ...known,
      failures,
      nextTry: clock.now() + retryInMs,
      expectedWithinMs: retryInMs,
    });
    return retryInMs;
  }

  async function accepted(
    batch: Batch,
    result: Delivered,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<Retry | undefined> {
    const rejected = new Map(result.rejected.map(({ index, reason, detail }) => [index, { reason, detail }]));
    const hold = search.taken(batch, rejected);
    if (hold !== undefined) return hold;
    recovered();
    await settle(batch, rejected, seconds, deadline);
    if (result.warning !== undefined) tell({ type: "delivery_warning", output: name, text: result.warning });
    return undefined;
  }

  /** What the remote said, carried out; a failure that has to be waited for comes back. */
  async function follow(
    batch: Batch,
    result: SendResult,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<Retry | undefined> {
    if (result.status === "retry") return result;
    if (result.status === "refused") return search.refused(batch, result);
    return accepted(batch, result, seconds, deadline);
  }

  /** How long the batch should still wait for more events; 0 when it should go. */
  function fillMs(batch: Batch): number {
    if (batch.full || search.givenUp.size > 0 || condition.failures > 0) return 0;
    fillingSince ??= clock.monotonic();
    return Math.max(0, fillingSince + options.maxWaitMs - clock.monotonic());
  }

  return {
    condition: () => condition,

    retryNow() {
      search.startAfresh();
      hurry = true;
      retry.wake();
    },

    async run({ drain, halt, deadline }) {
      let next: Batch | undefined;
      while (!halt.aborted) {
        const batch = next ?? prepare(position);
        next = undefined;
        if (batch === undefined) {
          if (drain.aborted) break;
          if (condition.failures === 0) become("idle", { expectedWithinMs: idleMs });
          await options.kept.wait(idleMs, drain);
          continue;
        }
        const wait = drain.aborted ? 0 : fillMs(batch);
        if (wait > 0) {
          become("waiting", { expectedWithinMs: wait });
          await options.kept.wait(wait, drain);
          continue;
        }
        if (batch.sent.length === 0) {
          await settle(batch, new Map(), 0, deadline);
          continue;
        }
        if (condition.failures === 0) become("working", { expectedWithinMs: options.sendTimeoutMs });
        else condition = { ...condition, stallsAt: clock.monotonic() + options.sendTimeoutMs + graceMs };
        hurry = false;
        const began = clock.monotonic();
        const sendDeadline = deadlineAfter(options.sendTimeoutMs, deadline);
        const sending = output.send(batch.outgoing, sendDeadline.signal);
        // The next batch is made while this one travels.
        const following = prepare(batch.through);
        const result = await sending;
        sendDeadline.clear();
        const seconds = (clock.monotonic() - began) / 1000;
        const failure = await follow(batch, result, seconds, deadline);
        if (failure === undefined) {
          if (result.status !== "delivered") continue;
          if (search.givenUp.size === 0 && following?.full === true) next = following;
          if (result.slowDownMs !== undefined) await retry.wait(result.slowDownMs, halt);
          continue;
        }
        const waitMs = failed(failure, seconds);
        // While draining there is no time to wait for a remote that fails: the spool keeps what is left.
        if (drain.aborted) break;
        if (!hurry) await retry.wait(waitMs, drain);
      }
      become("stopped", { expectedWithinMs: Number.POSITIVE_INFINITY });
    },
  };
}
