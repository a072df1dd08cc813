import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { Cursor, ReadDone, Window } from "../../record/reading.ts";
import { dayMs } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import { type Listing, listed } from "./listing.ts";
import { hasPrints } from "./print.ts";
import { readTold, type ShelfReaderOptions } from "./read-told.ts";
import { changeNotice, goneNotices, rowAfter, rowOfFault } from "./rows.ts";
import { type KeptProgress, keptProgress, type ShelfProgress, type VolumeRow } from "./shelf-progress.ts";
import {
  endedBefore,
  goneRows,
  idBefore,
  leftToRead,
  type NextStep,
  nextStep,
  progressBefore,
  whatFails,
  withOldest,
  withOwed,
} from "./shelf-round.ts";
import { type Volume, VolumeError } from "./volume.ts";

type Reading = Exclude<NextStep, "nothing" | { readonly lost: number }>;

/**
 * While there is more to read, a cursor goes to disk so often, milliseconds: of many small volumes it takes
 * longer to write than the volume to read. A kill repeats no more reading than that.
 */
const writtenEveryMs = 1000;
const nothingCovered: Window = { from: 0, to: 0 };

/**
 * Reads the volumes of a shelf, one with every read: what it shows is compared with what is known, and twins
 * are counted within one volume. Remembers a look through the volumes until all it found was read.
 */
export class ShelfReader {
  readonly #options: ShelfReaderOptions;
  #listing: Listing | undefined;
  /** What the last read left; whether it counted shows the cursor of the next. */
  #last: KeptProgress | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(options: ShelfReaderOptions) {
    this.#options = options;
  }

  /** As `Source.read`. */
  async *read(
    cursor: Cursor | undefined,
    stop: AbortSignal,
    owed: readonly number[] = [],
    passages?: KnownPassages,
  ): AsyncGenerator<Piece, ReadDone> {
    stop.throwIfAborted();
    const { shelf, clock, archive } = this.#options;
    const before = progressBefore(cursor, this.#options, clock.now(), this.#last);
    const listing = this.#listing ?? (await listed({ shelf, clock, seals: archive }, before, stop));
    // Whatever goes wrong, the next read looks again.
    this.#listing = undefined;
    const gone = goneRows(before, listing);
    const rows = gone.length === 0 ? before.rows : before.rows.filter((row) => !gone.includes(row));
    const found = listing.oldest === Number.POSITIVE_INFINITY ? {} : { found: true as const };
    const progress = withOwed({ ...before, ...found, rows }, owed);
    const more = owed.some((day) => day !== progress.again?.day);
    const notices = goneNotices(gone, archive);
    const step = nextStep(progress, listing, archive);
    if (step === "nothing") return this.#looked(progress, listing, notices);
    if ("lost" in step) {
      const gap = { day: step.lost, reason: `no ${shelf.noun} that shows this day is left` };
      return this.#done(withOwed(progress, []), listing, { notices, gaps: [gap] });
    }
    const done = yield* this.#readOne(step, { progress, listing, notices }, stop, passages);
    // Days that are due once more follow each other, without a poll in between.
    return more ? { ...done, caughtUp: false } : done;
  }

  async *#readOne(
    step: Reading,
    { progress, listing, notices }: { progress: ShelfProgress; listing: Listing; notices: string[] },
    stop: AbortSignal,
    passages: KnownPassages | undefined,
  ): AsyncGenerator<Piece, ReadDone> {
    const { read: volume, row, again } = step;
    const left = progress.again?.left.filter((id) => id !== volume.id) ?? [];
    const { again: owed, ...others } = progress;
    const next = (changed: VolumeRow): ShelfProgress => ({
      ...others,
      rows: [...progress.rows.filter(({ id }) => id !== volume.id), changed],
      ...(owed !== undefined && left.length > 0 && { again: { ...owed, left } }),
    });
    try {
      const read = yield* this.#volume(step, progress, listing, stop, passages);
      const changed = changeNotice(volume, row, read.from);
      const covered = owed !== undefined && left.length === 0 ? dayOf(owed.day) : nothingCovered;
      return this.#done(next(read.row), listing, {
        covered,
        ...heldBy(read.row),
        notices: changed === undefined ? notices : [...notices, changed],
      });
    } catch (error) {
      stop.throwIfAborted();
      if (!(error instanceof VolumeError)) throw error;
      if (error.until === "now") throw new SourceError(error.reason, error.message, error.fix);
      const gaps = again && owed !== undefined ? [{ day: owed.day, reason: error.message }] : [];
      // What fails round after round is told once, and by the error at the end of each.
      const told = row?.fault?.message === error.message ? [] : [error.message];
      const faulty = next(rowOfFault(volume, row, error, listing.at));
      return {
        ...this.#done(faulty, listing, { notices: [...notices, ...told], gaps }),
        partial: true,
      };
    }
  }

  async *#volume(
    { read: volume, row, again }: Reading,
    progress: ShelfProgress,
    listing: Listing,
    stop: AbortSignal,
    passages: KnownPassages | undefined,
  ): AsyncGenerator<Piece, { readonly row: VolumeRow; readonly from: number }> {
    const { start, rows } = progress;
    const seals = row !== undefined && row.version === volume.version;
    const from = again || seals ? 0 : await this.#placeToGoOn(volume, row, stop);
    const after = from > 0 ? undefined : idBefore(rows, volume);
    const ended = endedBefore(rows, listing, after);
    const shown = { volume, from, ended, wanted: { from: start } };
    const read = yield* readTold(this.#options, shown, stop, passages);
    return { from, row: rowAfter({ volume, row, after, from, ...read }) };
  }

  /** Where a volume goes on whose beginning was read, and is what it was; 0 where it is read as a whole. */
  async #placeToGoOn(volume: Volume, row: VolumeRow | undefined, stop: AbortSignal): Promise<number> {
    const { anchor = 0, end = 0, prints = [] } = row ?? {};
    if (anchor === 0 || row?.fault !== undefined || volume.size < end) return 0;
    const open = (from: number, to: number) => this.#options.shelf.open(volume, from, to, stop);
    return (await hasPrints(prints, open)) ? anchor : 0;
  }

  /** Nothing is left of what was found. Throws SourceError where some of it cannot be read. */
  #looked(progress: ShelfProgress, listing: Listing, notices: string[]): ReadDone {
    const failure = whatFails(progress, listing);
    if (failure !== undefined) throw failure;
    return this.#done(progress, listing, { notices });
  }

  #done(
    progress: ShelfProgress,
    listing: Listing,
    { covered = nothingCovered, gaps = [], notices = [], holds }: Partial<ReadDone>,
  ): ReadDone {
    const { archive } = this.#options;
    const [first] = leftToRead(progress, listing, archive);
    const left = first !== undefined;
    const fails = whatFails(progress, listing) !== undefined;
    const caughtUp = !left && !listing.more && !fails && progress.again === undefined && gaps.length === 0;
    if (!caughtUp && (left || !listing.more)) this.#listing = listing;
    this.#last = keptProgress(withOldest(progress, listing), unreadFrom(first, listing));
    return {
      next: this.#last.cursor,
      ...(this.#mayWait(caughtUp || gaps.length > 0) && { mayWait: true }),
      caughtUp,
      covered,
      gaps,
      notices,
      since: progress.start,
      ...(holds && { holds }),
      ...(caughtUp && { watermark: listing.at }),
      ...(fails && { troubled: true }),
    };
  }

  /** Whether the cursor need not be written at once. */
  #mayWait(ends: boolean): boolean {
    const now = this.#options.clock.monotonic();
    if (!ends && now - this.#writtenAt < writtenEveryMs) return true;
    this.#writtenAt = now;
    return false;
  }
}

/** The oldest that may not have been read yet, epoch milliseconds: no row from then on is forgotten. */
function unreadFrom(first: Volume | undefined, { due, more, troubles }: Listing): number {
  if (troubles.length > 0) return Number.NEGATIVE_INFINITY;
  return (first ?? (more ? due.at(-1) : undefined))?.changedAt ?? Number.POSITIVE_INFINITY;
}

function dayOf(day: number): Window {
  return { from: day * dayMs, to: (day + 1) * dayMs };
}

/** Of a volume that was read in part, the days that were not shown. */
function heldBy({ continued, days }: VolumeRow): Pick<ReadDone, "holds"> {
  return continued === true && days !== undefined ? { holds: days } : {};
}
