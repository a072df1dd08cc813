import type { Cursor, DayDone, SweepReach } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError, type SourceReason } from "../source/source.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import type { DayStep, Store } from "../spool/store.ts";
import { type Clock, dayMs } from "../time/clock.ts";
import { backfillTask } from "./backfill-task.ts";
import type { Comparisons } from "./comparisons.ts";
import type { DayOutcome, DayTask } from "./day-task.ts";
import type { ReadEnd } from "./decided.ts";
import type { Intake } from "./intake.ts";
import { holds } from "./read-failures.ts";
import { shownBefore } from "./shown-before.ts";
import { Sweeps } from "./sweeps.ts";
import { takePieces } from "./take-pieces.ts";

/** A day that failed so often in a row, each time with a clean poll before it, is not tried again. */
const mostFailures = 3;

const noRoom = "waits until the outputs have made room in the spool";

/** What says nothing of the day that was asked for: the server, or the way to it. */
const unreached: ReadonlySet<SourceReason> = new Set([
  ...(["rate_limited", "dns", "connect", "proxy", "clock", "instance_changed"] as const),
]);

/** Whose days they are, and where they go. */
export interface PastDaysOptions {
  readonly source: Source;
  readonly store: Pick<
    Store,
    "backfill" | "books" | "sweep" | "cursor" | "finishStep" | "outputs" | "sources" | "usage"
  >;
  /** One of its own: what one of its reads leaves for the next one is no business of the steady reads. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** How long a day stays known at least, milliseconds; absent: for ever. */
  readonly keepLedgerMs?: number | undefined;
  /** As `SourceKind.sweepReach`, of this source; without it nothing is swept. */
  readonly sweepReach?: ((cursor: Cursor) => SweepReach | undefined) | undefined;
  /** Of a witness: the days that it compares, and no others. */
  readonly comparisons?: Pick<Comparisons, "task"> | undefined;
}

/**
 * The days that are read once more, one after the other: those whose sweep is due, then those that a person
 * wants, oldest first; or those that a witness compares. Whoever calls `step` decides when: each is one read.
 * How far it is stands in the store, with what each read brought.
 */
export class PastDays {
  readonly #options: PastDaysOptions;
  readonly #source: string;
  readonly #sweeps: Sweeps | undefined;
  /** The day whose twins were shown on two pages only: the next read of it decides. */
  #doubtful: string | undefined;
  /** When the source may be asked again, monotonic milliseconds. */
  #notBefore = 0;

  constructor(options: PastDaysOptions) {
    this.#options = options;
    this.#source = options.source.origin.source;
    const { sweepReach: reach, keepLedgerMs = Number.POSITIVE_INFINITY } = options;
    const begin = (progress: SweepProgress) => this.#write({ progress });
    this.#sweeps = reach && new Sweeps({ ...options, source: this.#source, reach, keepLedgerMs, begin });
  }

  /** Whether there is a day to read. */
  get waiting(): boolean {
    return this.#task() !== undefined;
  }

  /** Days that a person wants wait for this, which people are told. */
  waitFor(trouble: string): undefined {
    const progress = this.#options.store.backfill(this.#source);
    if (progress?.state === "running" && progress.trouble !== trouble)
      this.#write({ progress: { ...progress, trouble } });
  }

  /**
   * One read. Resolves with how long to wait before the next, milliseconds; undefined: not before another
   * poll has ended well. Rejects with SpoolError, and with what `stop` was aborted with.
   */
  async step(stop: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#options;
    const task = this.#task();
    if (task === undefined || clock.monotonic() < this.#notBefore) return undefined;
    const began = clock.monotonic();
    try {
      // A witness brings nothing that needs room.
      if (task.compares !== true && this.#waitsForRoom()) return this.waitFor(noRoom);
      const fetched = await this.#read(task, stop);
      // The pace counts over the day and the pause behind it.
      return Math.max(0, (fetched / task.perSecond) * 1000 - (clock.monotonic() - began));
    } catch (error) {
      if (stop.aborted) throw error;
      if (error instanceof SourceError) return this.#failed(task, error, began);
      if (error instanceof SpoolError && error.failure === "full") return this.waitFor(noRoom);
      throw error;
    }
  }

  #task(): DayTask | undefined {
    const { comparisons } = this.#options;
    if (comparisons !== undefined) return comparisons.task();
    const swept = this.#sweeps?.task();
    if (swept !== undefined) return swept;
    const progress = this.#options.store.backfill(this.#source);
    return progress?.state === "running" ? backfillTask(progress) : undefined;
  }

  async #read(task: DayTask, stop: AbortSignal): Promise<number> {
    const { source, store, intake, clock, tell } = this.#options;
    const began = clock.monotonic();
    const { day, place } = task;
    const { watermark, gaps = [] } = store.sources().find((each) => each.source === this.#source) ?? {};
    // Of a day that was never shown it says nothing when it comes.
    const tallied = task.verifies && !gaps.some((gap) => gap.day === day);
    task.begin?.();
    intake.begin(watermark, tallied ? day * dayMs : undefined);
    const request = { day, place, cursor: store.cursor(this.#source) };
    const reading = source.readDay(request, stop, task.verifies ? undefined : intake.passages);
    try {
      const done = await takePieces(reading, intake, clock, stop);
      const end = intake.end(true);
      const { known: ofInstance, seen } = intake.totals(day);
      const own = { source: this.#source, day, known: ofInstance };
      const known = task.compares === true ? 0 : shownBefore(store.books(), own);
      const outcome = this.#outcome(task, done, end, { known, seen: task.seen + seen });
      const step = task.after(outcome, intake.total(), Math.floor(clock.now()));
      store.finishStep(step, intake.ledgerEnd(), clock.now());
      intake.ended(true);
      const total = intake.total();
      const seconds = (clock.monotonic() - began) / 1000;
      const read = { total, lateness: intake.lateness(), seconds, known };
      for (const report of task.told(outcome, step, read)) tell(report);
      if (end.undecided > 0) tell({ type: "twins_undecided", source: this.#source, events: end.undecided });
      return total.fetched;
    } catch (error) {
      intake.forget();
      throw error;
    } finally {
      await reading.return?.(undefined as never);
    }
  }

  /** What a read came to that ended cleanly. */
  #outcome(
    task: DayTask,
    { place, whole, gap }: DayDone,
    { doubted, renewed, missing }: ReadEnd,
    { known, seen }: { readonly known: number; readonly seen: number },
  ): DayOutcome {
    const again = missing > 0 || (doubted > 0 && (renewed || this.#doubtful !== task.key));
    this.#doubtful = again && doubted > 0 ? task.key : undefined;
    if (again) return { end: "again", seen: task.seen };
    if (!whole) return { end: "more", place, seen };
    const lost =
      known > 0 && seen === 0
        ? `nothing of it is shown any more, where ${known} records are known`
        : undefined;
    return { end: "passed", place, seen, lack: gap ?? lost };
  }

  /** Undefined: the next try comes after the next poll that ends well. */
  #failed(task: DayTask, error: SourceError, began: number): undefined {
    const { clock, tell, intake } = this.#options;
    const { reason, message, retryAfterMs = 0 } = error;
    this.#notBefore = clock.monotonic() + retryAfterMs;
    // A witness goes on with its other days, whoever has to mend this one.
    const ofDay = !unreached.has(reason) && (task.compares === true || !holds(error));
    const failures = task.failures + (ofDay ? 1 : 0);
    const total = intake.total();
    const passed = failures >= mostFailures;
    const outcome = { end: "passed", place: task.place, seen: task.seen, lack: message } as const;
    const now = Math.floor(clock.now());
    const step = passed ? task.after(outcome, total, now) : task.failed(failures, message, total, now);
    const seconds = (clock.monotonic() - began) / 1000;
    const read = { total, lateness: intake.lateness(), seconds, known: 0 };
    this.#write(step);
    for (const report of task.toldFailure(error, read, step, passed)) tell(report);
    return undefined;
  }

  /** What no record goes with. Where there is no room for it, it is found again. */
  #write(step: DayStep): void {
    const { source, store, clock } = this.#options;
    const nothing = { instance: source.origin.instance, renamed: new Map(), counts: [] };
    try {
      store.finishStep(step, nothing, clock.now());
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  }

  /** Half of the spool stays for what is new, unless nothing waits there. */
  #waitsForRoom(): boolean {
    const { store } = this.#options;
    const { bytes, maxBytes, full } = store.usage();
    if (full) return true;
    return bytes > maxBytes / 2 && store.outputs().some((each) => !each.abandoned && each.backlog.events > 0);
  }
}
