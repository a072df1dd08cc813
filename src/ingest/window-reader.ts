import type { Cursor, ReadDone } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError } from "../source/source.ts";
import { addLateness, type LatenessCounts } from "../spool/lateness.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Store } from "../spool/store.ts";
import { type Clock, dayMs, dayText } from "../time/clock.ts";
import type { ReadEnd } from "./decided.ts";
import type { Intake } from "./intake.ts";
import type { Total } from "./intake-options.ts";
import { steadyFrom } from "./read-lateness.ts";
import { ServerClock } from "./server-clock.ts";
import { shownBefore } from "./shown-before.ts";
import { takePieces } from "./take-pieces.ts";

type ReadTotal = Readonly<Total> & { readonly lateness?: LatenessCounts };

const none: ReadTotal = { fetched: 0, new: 0, late: 0, unparseable: 0 };

/** Which source is read, and where its records and its cursor go. */
export interface WindowReaderOptions {
  readonly source: Source;
  readonly store: Pick<
    Store,
    "books" | "cursor" | "owed" | "finishWindow" | "sources" | "instanceChange" | "giveWay" | "letTake"
  >;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly tell: Tell;
  /** As `SourceKind.lookback`, of this source. */
  readonly lookbackMs?: number | undefined;
}

/**
 * One read of one window after another. Whatever was kept before a failure stays kept; the cursor moves only
 * at the clean end.
 */
export class WindowReader {
  readonly #options: WindowReaderOptions;
  readonly #name: string;
  #watermark: number | undefined;
  /** A read that is not finished before another one of the same window, and where both began. */
  #doubtful: { readonly cursor: Cursor | undefined; readonly done: ReadDone } | undefined;
  /** What was told last of each day that showed less than before. */
  readonly #shrunk = new Map<number, number>();
  readonly #clock: ServerClock;
  /** What was kept by reads that ended for want of room: it is told with the one that ends otherwise. */
  #untold = none;
  #lacksRoom = false;

  constructor(options: WindowReaderOptions) {
    this.#options = options;
    this.#name = options.source.origin.source;
    this.#clock = new ServerClock(this.#name, options.tell);
    this.#watermark = options.store.sources().find(({ source }) => source === this.#name)?.watermark;
  }

  /**
   * What the read in progress, or the last one, has shown, and how late that came; with those before it that
   * ended for want of room.
   */
  total(): ReadTotal {
    const { intake } = this.#options;
    const [shown, before] = [intake.total(), this.#untold];
    const own = intake.lateness();
    const lateness = own === undefined ? before.lateness : addLateness(before.lateness, own);
    return {
      fetched: before.fetched + shown.fetched,
      new: before.new + shown.new,
      late: before.late + shown.late,
      unparseable: before.unparseable + shown.unparseable,
      ...(lateness && { lateness }),
    };
  }

  /** Rejects with SourceError when the read does not end cleanly, and with SpoolError. */
  async read(stop: AbortSignal): Promise<ReadDone> {
    const { source, store, intake, clock } = this.#options;
    const began = clock.monotonic();
    this.#refuseOtherInstance();
    const cursor = store.cursor(this.#name);
    const owed = store.owed(this.#name);
    this.#untold = this.#lacksRoom ? this.total() : none;
    this.#lacksRoom = false;
    intake.begin(this.#watermark, this.#tallyFrom(owed));
    const reading = source.read(cursor, stop, owed, intake.passages);
    try {
      await intake.prepare(stop);
      const shown = await takePieces(reading, intake, this.#options, stop);
      const done = this.#finish(cursor, shown, intake.end(shown.partial !== true));
      this.#tell(done, (clock.monotonic() - began) / 1000);
      return done;
    } catch (error) {
      intake.forget();
      this.#lacksRoom = error instanceof SpoolError && error.failure === "full";
      throw error;
    } finally {
      await reading.return?.(undefined as never);
    }
  }

  /** Records that were damaged here come back, and say nothing of how late records are. */
  #tallyFrom(owed: readonly number[]): number | undefined {
    const { lookbackMs, clock } = this.#options;
    return lookbackMs === undefined || owed.length > 0 ? undefined : steadyFrom(clock.now(), lookbackMs);
  }

  /** Its uids would be others: everything that was delivered would come again as something else. */
  #refuseOtherInstance(): void {
    const change = this.#options.store.instanceChange(this.#name);
    if (change === undefined) return;
    throw new SourceError(
      "instance_changed",
      `its instance was ${change.was} and is ${change.is} now, which is part of every uid`,
      `set instance: ${change.was} again (also when only the address changed); or give the other log a source under a new name; or say that this one reads it from now on: wandb-audit-forwarder sources ${this.#name} start_over (its books then count both instances together)`,
      { hold: true },
    );
  }

  /**
   * The read counts where nothing is left open. What it showed on two pages another read of the same window
   * tells; what that one leaves open is newer, and the cursor passes what the first one showed.
   */
  #finish(cursor: Cursor | undefined, shown: ReadDone, end: ReadEnd): ReadDone {
    const { store, intake, clock, tell } = this.#options;
    const source = this.#name;
    const { undecided, doubted, renewed, missing } = end;
    if (undecided > 0) tell({ type: "twins_undecided", source, events: undecided });
    const doubtful = this.#doubtful;
    const first = doubtful !== undefined && doubtful.cursor === cursor ? doubtful.done : undefined;
    const again = missing > 0 || (doubted > 0 && (first === undefined || renewed));
    if (!again) {
      const done = doubted > 0 && first !== undefined ? first : shown;
      store.finishWindow(source, done, intake.ledgerEnd(), clock.now());
      this.#watermark = done.watermark ?? this.#watermark;
      this.#doubtful = undefined;
      intake.ended(true);
      return done;
    }
    intake.ended(false);
    if (doubted > 0 && first === undefined) this.#doubtful = { cursor, done: shown };
    tell({ type: "read_again", source, doubted, missing });
    return { ...shown, caughtUp: false, gaps: [], notices: [] };
  }

  #tell(done: ReadDone, seconds: number): void {
    const { tell } = this.#options;
    const source = this.#name;
    const { caughtUp, clockGapMs } = done;
    const clock = clockGapMs === undefined ? {} : { clockSeconds: clockGapMs / 1000 };
    tell({ type: "poll_done", source, ...this.total(), seconds, caughtUp, ...clock });
    this.#clock.seen(clock.clockSeconds);
    if (done.otherOrganization !== undefined)
      tell({ type: "other_organization", source, ...done.otherOrganization });
    for (const text of done.notices) tell({ type: "source_notice", source, text });
    for (const { day, reason } of done.gaps) tell({ type: "source_gap", source, day: dayText(day), reason });
    this.#tellShrunkDays(done);
  }

  /** A day that shows fewer records than before: nothing is taken back, but somebody should know. */
  #tellShrunkDays({ covered }: ReadDone): void {
    const { store, intake, tell } = this.#options;
    const first = Math.ceil(covered.from / dayMs);
    const end = Math.floor(covered.to / dayMs);
    for (let day = first; day < end; day++) {
      const { known, seen } = intake.totals(day);
      if (seen >= known || this.#shrunk.get(day) === seen) continue;
      this.#shrunk.set(day, seen);
      const source = this.#name;
      const before = shownBefore(store.books(), { source, day, known });
      if (seen < before) tell({ type: "day_shrank", source, day: dayText(day), before, now: seen });
    }
  }
}
