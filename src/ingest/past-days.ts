import { SourceError, type SourceReason } from "../source/source.ts";
import type { DayDigest } from "../spool/closed-day.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import type { DayStep } from "../spool/store.ts";
import { dayMs, dayText } from "../time/clock.ts";
import { backfillTask } from "./backfill-task.ts";
import { toldClosed } from "./closing-task.ts";
import { Closings } from "./closings.ts";
import { dayOutcome } from "./day-outcome.ts";
import type { DayOutcome, DayTask } from "./day-task.ts";
import type { PastDaysOptions } from "./past-days-options.ts";
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

/**
 * The days that are read once more, one after the other: those whose sweep is due, then those that a person
 * wants, oldest first; or those that a witness compares. Whoever calls `step` decides when: each is one read.
 * How far it is stands in the store, with what each read brought.
 */
export class PastDays {
  readonly #options: PastDaysOptions;
  readonly #source: string;
  readonly #sweeps: Sweeps | undefined;
  readonly #closings: Closings | undefined;
  /** The day whose twins were shown on two pages only: the next read of it decides. */
  #doubtful: string | undefined;
  /** When the source may be asked again, monotonic milliseconds. */
  #notBefore = 0;
  readonly #room: PastRoom;

  constructor(options: PastDaysOptions) {
    this.#options = options;
    this.#room = new PastRoom(options.store);
    this.#source = options.source.origin.source;
    const { sweepReach: reach, closing, keepLedgerMs = Number.POSITIVE_INFINITY } = options;
    const begin = (progress: SweepProgress) => this.#write({ progress });
    const own = { ...options, source: this.#source, keepLedgerMs };
    this.#sweeps = reach && new Sweeps({ ...own, reach, begin });
    this.#closings = closing && new Closings({ ...own, closing });
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
    return progress?.state === "running" ? backfillTask(progress) : this.#closings?.task();
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
      const done = await takePieces(reading, intake, this.#options, stop, () => this.#claimRoom(task));
      const end = intake.end(true);
      const { known: ofInstance, seen } = intake.totals(day);
      const own = { source: this.#source, day, known: ofInstance };
      const known = task.compares === true ? 0 : shownBefore(store.books(), own);
      const counts = { known, seen: task.seen + seen };
      const { outcome, doubtful } = dayOutcome({ task, done, end, ...counts, doubtful: this.#doubtful });
      this.#doubtful = doubtful;
      const closed = await this.#closed(task, outcome, stop);
      const after = task.after(outcome, intake.total(), Math.floor(clock.now()));
      const step = { ...this.#stepOf(task, after, again), closed };
      store.finishStep(step, intake.ledgerEnd(), clock.now());
      intake.ended(true);
      if (outcome.end === "passed") this.#closings?.ended(day);
      if (again !== undefined) this.#options.kept.wake();
      const total = intake.total();
      const seconds = (clock.monotonic() - began) / 1000;
      const read = { total, lateness: intake.lateness(), seconds, known };
      for (const report of [...task.told(outcome, step, read), ...toldClosed(this.#source, closed)])
        tell(report);
      if (end.undecided > 0) tell({ type: "twins_undecided", source: this.#source, events: end.undecided });
      return total.fetched;
    } catch (error) {
      intake.forget();
      this.#closings?.broke();
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

  /** What the day is closed with, where the read has verified it and shown the last of it. */
  async #closed(task: DayTask, { end, lack }: DayOutcome, stop: AbortSignal): Promise<DayDigest | undefined> {
    if (!task.verifies) return undefined;
    this.#closings?.showed(task, this.#options.intake.shownOf(task.day));
    return end === "passed" && lack === undefined ? this.#closings?.closed(task.day, stop) : undefined;
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
    if (passed) this.#closings?.ended(task.day);
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
