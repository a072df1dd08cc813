import type { Cursor, DayDone, SweepReach } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError, type SourceReason } from "../source/source.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import type { DayStep, Store } from "../spool/store.ts";
import { type Clock, dayMs, dayText } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import { backfillTask } from "./backfill-task.ts";
import type { Comparisons } from "./comparisons.ts";
import type { DayOutcome, DayTask } from "./day-task.ts";
import type { ReadEnd } from "./decided.ts";
import type { Intake } from "./intake.ts";
import { NoRoomForPast, noRoomInSpool, PastRoom } from "./past-room.ts";
import { holds } from "./read-failures.ts";
import { shownBefore } from "./shown-before.ts";
import { Sweeps } from "./sweeps.ts";
import { takePieces } from "./take-pieces.ts";
import { WantedAgain } from "./wanted-again.ts";

/** A day that failed so often in a row, each time with a clean poll before it, is not tried again. */
const mostFailures = 3;

/** How often it is looked whether there is room. */
const roomCheckMs = 2_000;

/** What says nothing of the day that was asked for: the server, or the way to it. */
const unreached: ReadonlySet<SourceReason> = new Set([
  ...(["rate_limited", "dns", "connect", "proxy", "clock", "instance_changed"] as const),
]);

/** Whose days they are, and where they go. */
export interface PastDaysOptions {
  readonly source: Source;
  readonly store: Pick<
    Store,
    | ("backfill" | "books" | "sweep" | "cursor" | "finishStep" | "outputs" | "sources" | "usage")
    | ("replays" | "scratch")
  >;
  /** One of its own: what one of its reads leaves for the next one is no business of the steady reads. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Woken when a replay that days are read for may have got on. */
  readonly kept: Wakeup;
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
  readonly #room: PastRoom;

  constructor(options: PastDaysOptions) {
    this.#options = options;
    this.#room = new PastRoom(options.store);
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
      this.#claimRoom(task);
      const fetched = await this.#read(task, stop);
      // The pace counts over the day and the pause behind it.
      return Math.max(0, (fetched / task.perSecond) * 1000 - (clock.monotonic() - began));
    } catch (error) {
      if (stop.aborted) throw error;
      if (error instanceof SourceError) return this.#failed(task, error, began);
      if (error instanceof SpoolError && error.failure === "full") return this.#wait(noRoomInSpool);
      if (error instanceof NoRoomForPast) return this.#wait(error.message);
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
    const again = await this.#wantedAgain(task);
    task.begin?.();
    intake.begin(watermark, tallied ? day * dayMs : undefined, again);
    const request = { day, place, cursor: store.cursor(this.#source) };
    // Whoever wants what is known wants to see it.
    const passages = task.verifies || again !== undefined ? undefined : intake.passages;
    const reading = source.readDay(request, stop, passages);
    try {
      const done = await takePieces(reading, intake, clock, stop, () => this.#claimRoom(task));
      const end = intake.end(true);
      const { known: ofInstance, seen } = intake.totals(day);
      const own = { source: this.#source, day, known: ofInstance };
      const known = task.compares === true ? 0 : shownBefore(store.books(), own);
      const outcome = this.#outcome(task, done, end, { known, seen: task.seen + seen });
      const step = this.#stepOf(task, task.after(outcome, intake.total(), Math.floor(clock.now())), again);
      store.finishStep(step, intake.ledgerEnd(), clock.now());
      intake.ended(true);
      if (again !== undefined) this.#options.kept.wake();
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
      again?.close();
      await reading.return?.(undefined as never);
    }
  }

  /** What was read before is no gap because a replay, for which it is read again, does not get it. */
  #stepOf({ day }: DayTask, step: DayStep, forReplay: object | undefined): DayStep {
    if (step.gap === undefined || forReplay === undefined) return step;
    if (!this.#options.store.books().some((row) => row.day === day && row.new > 0)) return step;
    const { gap, ...others } = step;
    const what = `${dayText(day)} is left out of the replay: ${gap.reason}`;
    this.#options.tell({ type: "source_notice", source: this.#source, text: what });
    return others;
  }

  /** What of the day a replay wants that it is read for. */
  async #wantedAgain({ day, forReplay }: DayTask): Promise<WantedAgain | undefined> {
    const { store, source, clock } = this.#options;
    const readFor = forReplay ? store.replays.readFor(this.#source) : undefined;
    if (readFor === undefined) return undefined;
    const again = new WantedAgain({ readFor, day, scratch: (blockBytes) => store.scratch(blockBytes) });
    await again.load(store.replays.taken(readFor.id, source.origin.instance, day), clock);
    return again;
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
    const readFor = task.forReplay ? this.#options.store.replays.readFor(this.#source) : undefined;
    const after = passed ? task.after(outcome, total, now) : task.failed(failures, message, total, now);
    const step = this.#stepOf(task, after, readFor);
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
      this.#options.kept.wake();
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  }

  /** Throws NoRoomForPast. A witness brings nothing that needs room. */
  #claimRoom({ forReplay, compares }: DayTask): void {
    if (compares === true) return;
    const readFor = forReplay ? this.#options.store.replays.readFor(this.#source) : undefined;
    const lack = this.#room.lack(readFor);
    if (lack !== undefined) throw new NoRoomForPast(lack);
  }

  /** Not for the next poll: room may be there before. */
  #wait(trouble: string): number {
    this.waitFor(trouble);
    return roomCheckMs;
  }
}
