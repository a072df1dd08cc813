import type { DayDone } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError, type SourceReason } from "../source/source.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { BackfillProgress, Store } from "../spool/store.ts";
import { type Clock, dayText } from "../time/clock.ts";
import type { Intake, ReadEnd } from "./intake.ts";
import { holds } from "./read-failures.ts";
import { takePieces } from "./take-pieces.ts";

/** A day that failed so often in a row, each time with a clean poll before it, is a gap. */
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
    "backfill" | "books" | "cursor" | "finishStep" | "outputs" | "sources" | "usage"
  >;
  /** One of its own: what one of its reads leaves for the next one is no business of the steady reads. */
  readonly intake: Intake;
  readonly clock: Clock;
  readonly tell: Tell;
}

/**
 * The days that a person wants read once more, one after the other, oldest first. Whoever calls `step`
 * decides when: each is one read. How far it is stands in the store, with what each read brought.
 */
export class PastDays {
  readonly #options: PastDaysOptions;
  readonly #source: string;
  /** The backfill and day whose twins were shown on two pages only: the next read of it decides. */
  #doubtful: string | undefined;
  /** When the source may be asked again, monotonic milliseconds. */
  #notBefore = 0;

  constructor(options: PastDaysOptions) {
    this.#options = options;
    this.#source = options.source.origin.source;
  }

  /** Whether there is a day to read. */
  get waiting(): boolean {
    return this.#options.store.backfill(this.#source)?.state === "running";
  }

  /** Days that are left wait for this, which people are told. */
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
    const { store, clock } = this.#options;
    const progress = store.backfill(this.#source);
    if (progress?.state !== "running" || clock.monotonic() < this.#notBefore) return undefined;
    const began = clock.monotonic();
    try {
      if (this.#waitsForRoom()) return this.waitFor(noRoom);
      const fetched = await this.#read(progress, stop);
      // The pace counts over the day and the pause behind it.
      return Math.max(0, (fetched / progress.perSecond) * 1000 - (clock.monotonic() - began));
    } catch (error) {
      if (stop.aborted) throw error;
      if (error instanceof SourceError) return this.#failed(progress, error);
      if (error instanceof SpoolError && error.failure === "full") return this.waitFor(noRoom);
      throw error;
    }
  }

  async #read(progress: BackfillProgress, stop: AbortSignal): Promise<number> {
    const { source, store, intake, clock, tell } = this.#options;
    const began = clock.monotonic();
    const { next: day, place } = progress;
    intake.begin(store.sources().find((each) => each.source === this.#source)?.watermark);
    const request = { day, place, cursor: store.cursor(this.#source) };
    const reading = source.readDay(request, stop, intake.passages);
    try {
      const done = await takePieces(reading, intake, clock, stop);
      const end = intake.end(true);
      const total = intake.total();
      const { known: ofInstance, seen } = intake.totals(day);
      const known = this.#isOfOthers(day) ? 0 : ofInstance;
      const after = this.#after(progress, done, end, { known, seen: progress.seen + seen });
      const counted = { fetched: progress.fetched + total.fetched, fresh: progress.fresh + total.new };
      const kept = { ...after.progress, ...counted };
      store.finishStep({ ...after, progress: kept }, intake.ledgerEnd(), clock.now());
      intake.ended(true);
      const seconds = (clock.monotonic() - began) / 1000;
      const left = kept.end - kept.next;
      tell({ type: "backfill_day", source: this.#source, day: dayText(day), ...total, seconds, left });
      if (end.undecided > 0) tell({ type: "twins_undecided", source: this.#source, events: end.undecided });
      const shrank = after.shown !== undefined && progress.seen + seen < known;
      if (shrank) this.#tellShrank(day, known, progress.seen + seen);
      this.#tellEnd(kept, after.gap);
      return total.fetched;
    } catch (error) {
      intake.forget();
      throw error;
    } finally {
      await reading.return?.(undefined as never);
    }
  }

  /** How far it is after a read that ended cleanly, and what became of the day. */
  #after(
    before: BackfillProgress,
    { place, whole, gap }: DayDone,
    { doubted, renewed, missing }: ReadEnd,
    { known, seen }: { readonly known: number; readonly seen: number },
  ): { progress: BackfillProgress; gap?: { day: number; reason: string }; shown?: number } {
    const { trouble: _, place: __, ...rest } = before;
    const day = before.next;
    const changed = Math.floor(this.#options.clock.now());
    const key = `${before.began} ${day} ${before.place}`;
    const again = missing > 0 || (doubted > 0 && (renewed || this.#doubtful !== key));
    this.#doubtful = again && doubted > 0 ? key : undefined;
    if (again) return { progress: { ...before, changed } };
    const on = { ...rest, changed, failures: 0, ...(place !== undefined && { place }) };
    if (!whole) return { progress: { ...on, seen } };
    const lost =
      known > 0 && seen === 0
        ? `nothing of it is shown any more, where ${known} records are known`
        : undefined;
    const reason = gap ?? lost;
    return this.#passed({ ...on, seen }, reason, reason === undefined ? day : undefined);
  }

  /** What is known of a day belongs to the instance: other sources have shown it, and this one never has. */
  #isOfOthers(day: number): boolean {
    const shown = this.#options.store.books().filter((row) => row.day === day && row.fetched > 0);
    return shown.length > 0 && shown.every(({ source }) => source !== this.#source);
  }

  /** The day is done with. */
  #passed(before: BackfillProgress, reason: string | undefined, shown: number | undefined) {
    const { next: day, end, gaps, state } = before;
    const progress: BackfillProgress = {
      ...before,
      next: day + 1,
      seen: 0,
      failures: 0,
      gaps: gaps + (reason === undefined ? 0 : 1),
      state: day + 1 >= end ? "done" : state,
    };
    return {
      progress,
      ...(reason !== undefined && { gap: { day, reason } }),
      ...(shown !== undefined && { shown }),
    };
  }

  /** Undefined: the next try comes after the next poll that ends well. */
  #failed(progress: BackfillProgress, error: SourceError): undefined {
    const { clock, tell, intake } = this.#options;
    const { reason, message, fix, retryAfterMs = 0 } = error;
    const day = progress.next;
    this.#notBefore = clock.monotonic() + retryAfterMs;
    const ofDay = !holds(error) && !unreached.has(reason);
    const failures = progress.failures + (ofDay ? 1 : 0);
    const changed = Math.floor(clock.now());
    const step =
      failures < mostFailures
        ? { progress: { ...progress, failures, changed, trouble: message } }
        : this.#passed({ ...withoutTrouble(progress), changed }, message, undefined);
    const kept = intake.total();
    const counted = { fetched: progress.fetched + kept.fetched, fresh: progress.fresh + kept.new };
    tell({ type: "backfill_failed", source: this.#source, day: dayText(day), reason, message, fix, kept });
    this.#write({ ...step, progress: { ...step.progress, ...counted } });
    this.#tellEnd(step.progress, "gap" in step ? step.gap : undefined);
    return undefined;
  }

  /** What no record goes with. Where there is no room for it, it is found again. */
  #write(step: Parameters<Store["finishStep"]>[0]): void {
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

  /** It shows fewer records than before: nothing is taken back, but somebody should know. */
  #tellShrank(day: number, before: number, now: number): void {
    this.#options.tell({ type: "day_shrank", source: this.#source, day: dayText(day), before, now });
  }

  #tellEnd(progress: BackfillProgress, gap: { readonly day: number; readonly reason: string } | undefined) {
    const { tell } = this.#options;
    const source = this.#source;
    if (gap !== undefined) tell({ type: "source_gap", source, day: dayText(gap.day), reason: gap.reason });
    const { state, fetched, fresh, gaps } = progress;
    if (state === "done") tell({ type: "backfill_done", source, fetched, new: fresh, gaps });
  }
}

function withoutTrouble({ trouble: _, ...rest }: BackfillProgress): BackfillProgress {
  return rest;
}
