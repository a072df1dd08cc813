import type { Output, RetryResult, SendResult } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import type { Limit, Spool } from "../spool/spool.ts";
import { type Condition, ConditionKeeper } from "../status/condition.ts";
import type { Backoff } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { Wakeup, type WakeupMark } from "../time/wakeup.ts";
import type { Batch, Cause, Shape } from "./batch.ts";
import { CutSearch } from "./cut-search.ts";
import { Failures } from "./failures.ts";
import { type PoisonSearch, poisonSearch } from "./poison-search.ts";
import { Settler } from "./settler.ts";
import { UpcomingBatch } from "./upcoming-batch.ts";

const idleMs = 30_000;
/** A send may overrun its own deadline a little before the loop counts as hanging. */
const graceMs = 60_000;

/** One output and its delivery policy. */
export interface DeliverOptions {
  readonly name: string;
  readonly output: Output;
  readonly spool: Spool;
  readonly shape: Shape;
  /** What one batch may hold, in events and in bytes of payloads. */
  readonly limit: Limit;
  /** How long a batch that is not full waits for more, milliseconds. */
  readonly maxWaitMs: number;
  readonly sendTimeoutMs: number;
  readonly backoff: Backoff;
  /** How often a held output is tried, milliseconds. */
  readonly holdIntervalMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Told every change of the loop's condition. */
  readonly watch?: (condition: Condition) => void;
  /** Reads this output's secrets and certificates again: somebody may have mended them. */
  readonly reload: () => void;
  /** Wakes when records were kept. */
  readonly kept: Wakeup;
}

/** How a delivery is ended, in three steps. */
export interface DeliverSignals {
  /** Deliver until the backlog is empty or the remote fails, then end. */
  readonly drain: AbortSignal;
  /** Start no further send. */
  readonly halt: AbortSignal;
  /** Give up the send in flight. */
  readonly deadline: AbortSignal;
}

/** One output's way out of the spool. The whole delivery policy is in this folder, once for all outputs. */
export interface Deliver {
  /** Delivers until the signals end it. Rejects with SpoolError when the state cannot be trusted. */
  run(signals: DeliverSignals): Promise<void>;
  /** A person says that something was repaired: tries now, and counts refusals afresh. */
  retryNow(): void;
}

/** A loop for one output, which `run` starts. */
export function deliver(options: DeliverOptions): Deliver {
  return new DeliveryLoop(options);
}

class DeliveryLoop implements Deliver {
  readonly #options: DeliverOptions;
  readonly #condition: ConditionKeeper;
  readonly #search: PoisonSearch;
  readonly #cuts: CutSearch;
  readonly #upcoming: UpcomingBatch;
  readonly #settler: Settler;
  readonly #failures: Failures;
  readonly #retry: Wakeup;
  #position = 0;
  /** Since when a batch that is not full waits for more; monotonic, because the wall clock may jump. */
  #fillingSince: number | undefined;

  constructor(options: DeliverOptions) {
    const { clock, spool, shape, limit, watch } = options;
    this.#options = options;
    this.#condition = new ConditionKeeper(clock, watch);
    this.#search = poisonSearch(limit.events);
    this.#cuts = new CutSearch(this.#search);
    this.#upcoming = new UpcomingBatch({
      spool,
      shape,
      maxBytes: limit.bytes,
      search: {
        limit: () => this.#cuts.limit(this.#search.limit()),
        givenUp: this.#search.givenUp,
      },
    });
    const shared = { ...options, condition: this.#condition, graceMs };
    this.#settler = new Settler(shared);
    this.#failures = new Failures(shared);
    this.#retry = new Wakeup(clock);
  }

  retryNow(): void {
    this.#search.startAfresh();
    this.#cuts.startAfresh();
    this.#retry.wake();
  }

  async run(signals: DeliverSignals): Promise<void> {
    const { name, spool, kept } = this.#options;
    this.#position = await spool.position(name);
    while (!signals.halt.aborted) {
      const mark = kept.mark();
      const batch = await this.#upcoming.look(this.#position);
      if (batch === undefined && signals.drain.aborted) break;
      const waitMs = batch === undefined ? idleMs : signals.drain.aborted ? 0 : this.#fillMs(batch);
      if (batch === undefined || waitMs > 0) {
        this.#waiting(batch === undefined ? "idle" : "waiting", waitMs);
        await kept.wait(waitMs, signals.drain, mark);
      } else if (!(await this.#go(batch, signals))) break;
    }
    this.#condition.become("stopped", { failures: 0 });
  }

  /** Something failed before: that is told until something is accepted. */
  #waiting(state: "idle" | "waiting", ms: number): void {
    const stallsAt = this.#stallsIn(ms);
    if (state === "idle" && this.#condition.now.failures > 0) this.#condition.extend(stallsAt);
    else this.#condition.become(state, { failures: 0, stallsAt });
  }

  #stallsIn(ms: number): number {
    return this.#options.clock.monotonic() + ms + graceMs;
  }

  /** How long the batch should still wait for more events, milliseconds; 0 when it should go. */
  #fillMs(batch: Batch): number {
    if (batch.full || this.#search.givenUp.size > 0 || this.#condition.now.failures > 0) return 0;
    const now = this.#options.clock.monotonic();
    this.#fillingSince ??= now;
    return Math.max(0, this.#fillingSince + this.#options.maxWaitMs - now);
  }

  /** The batch's turn. False: the loop ends. */
  async #go(batch: Batch, signals: DeliverSignals): Promise<boolean> {
    const ready = this.#cuts.ready(batch);
    if (ready !== "go") this.#upcoming.forget();
    if (ready === "rebuild") return true;
    if (ready !== "go") return this.#wait(ready, 0, signals, this.#retry.mark());
    if (batch.sent.length > 0) return this.#send(batch, signals);
    await this.#settle(batch, new Map(), 0, signals.deadline);
    return true;
  }

  /** One send, and what follows from its result. False: the loop ends, while draining a remote that fails. */
  async #send(batch: Batch, signals: DeliverSignals): Promise<boolean> {
    const { halt, deadline } = signals;
    const { clock, output, sendTimeoutMs } = this.#options;
    const stallsAt = this.#stallsIn(sendTimeoutMs);
    if (this.#condition.now.failures === 0) this.#condition.become("working", { stallsAt });
    else this.#condition.extend(stallsAt);
    const mark = this.#retry.mark();
    const began = clock.monotonic();
    const sendDeadline = deadlineAfter(clock, sendTimeoutMs, deadline);
    const sending = output.send(batch.outgoing, sendDeadline.signal);
    // The next batch is made while this one travels.
    const [result] = await Promise.all([sending, this.#upcoming.look(batch.through)]);
    sendDeadline.clear();
    const seconds = (clock.monotonic() - began) / 1000;
    const failure = await this.#follow(batch, result, seconds, deadline);
    if (failure !== undefined) return this.#wait(failure, seconds, signals, mark);
    if (result.status === "delivered" && result.slowDownMs !== undefined) {
      this.#condition.extend(this.#stallsIn(result.slowDownMs));
      await this.#retry.wait(result.slowDownMs, halt);
    }
    return true;
  }

  /** Waits until the next try. False: the loop ends, while draining a remote that fails. */
  async #wait(
    failure: RetryResult,
    seconds: number,
    { drain }: DeliverSignals,
    mark: WakeupMark,
  ): Promise<boolean> {
    if (failure.hold === true) this.#search.tryOne();
    const waitMs = this.#failures.failed(failure, seconds);
    // While draining there is no time to wait for a remote that fails: the spool keeps what is left.
    if (drain.aborted) return false;
    await this.#retry.wait(waitMs, drain, mark);
    return true;
  }

  /** What the remote said, carried out; a failure that has to be waited for comes back. */
  async #follow(
    batch: Batch,
    result: SendResult,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<RetryResult | undefined> {
    if (result.status === "retry") {
      if (result.reason !== "connection_lost") return result;
      return this.#cuts.cut(batch, result.detail) ?? result;
    }
    if (result.status === "refused") return this.#search.refused(batch, result);
    const rejected = new Map(result.rejected.map(({ index, reason, detail }) => [index, { reason, detail }]));
    const hold = this.#search.taken(batch, rejected);
    if (hold !== undefined) return hold;
    const shown = this.#cuts.accepted(batch);
    if (shown === "again") return undefined;
    if (shown !== "settle") return shown;
    this.#failures.over();
    await this.#settle(batch, rejected, seconds, deadline);
    const { warning } = result;
    if (warning !== undefined)
      this.#options.tell({ type: "delivery_warning", output: this.#options.name, text: warning });
    return undefined;
  }

  async #settle(
    batch: Batch,
    rejected: ReadonlyMap<number, Cause>,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<void> {
    await this.#settler.settle(batch, rejected, seconds, deadline);
    this.#position = batch.through;
    this.#fillingSince = undefined;
    this.#search.settled(batch);
  }
}
