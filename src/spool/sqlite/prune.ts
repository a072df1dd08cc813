import { isOwn } from "../../own/own-origin.ts";
import { dayMs } from "../../time/clock.ts";
import { SpoolError } from "../spool-error.ts";
import type { State } from "./state.ts";
import type { Change } from "./transactions.ts";

/** One call stays short: so many bytes, or so many chunks. */
const bytesPerCall = 16 * 1024 * 1024;
const chunksPerCall = 500;

/** How long is kept what nobody waits for. */
export interface Keep {
  /** Milliseconds that delivered records stay, for replay. */
  readonly delivered: number;
  /** Milliseconds that the ledger remembers a day after it was last shown. */
  readonly ledger: number;
  /** Whatever its age, and what replays have still to send stays no longer either. */
  readonly pressed?: boolean;
}

/**
 * Removes the oldest chunks that every output of the configuration settled, in one transaction, and the files
 * in which nothing else is. Gives back how many records these were: none where the disk has not even room to
 * write that down.
 */
export function pruneFreeing(state: State, keep: Keep, now: number, change: Change): number {
  const records = unlessFull(() => change(() => prune(state, keep, now)));
  // Those of chunks that were set aside since the last time go as well.
  state.chunkRows.dropSegments();
  return records;
}

function unlessFull(work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    return 0;
  }
}

/** Whether that would remove a file, where the age of what is in it does not matter. */
export function pruningFreesFile({ chunkRows, positions }: State): boolean {
  const settled = settledThrough(positions.active());
  return settled !== undefined && chunkRows.freesSegment(settled);
}

/** Without outputs nobody has said that the records are not needed. */
function settledThrough(active: readonly { readonly position: number }[]): number | undefined {
  return active.length === 0 ? undefined : Math.min(...active.map(({ position }) => position));
}

function prune(state: State, keep: Keep, now: number): number {
  const { db, chunkRows, chunks, books, positions, own, replays } = state;
  pruneLedger(state, keep.ledger, now);
  pruneActivity(state, now);
  const settled = settledThrough(positions.active());
  if (settled === undefined) return 0;
  // Where a clock was ahead some are from a time to come, and would keep their room until then.
  const youngest = keep.pressed === true ? Number.POSITIVE_INFINITY : now - keep.delivered;
  const neededFrom = keep.pressed === true ? Number.POSITIVE_INFINITY : replays.neededFrom(now);
  let records = 0;
  let bytes = 0;
  let last = 0;
  const candidates = db.all<{ first: number; count: number; source: string; bytes: number }>(
    `SELECT first_seq AS first, count, source, coalesce(size, length(bytes)) AS bytes
     FROM chunk ORDER BY first_seq LIMIT ${chunksPerCall}`,
  );
  for (const { first, count, source, bytes: size } of candidates) {
    const observed = chunks.observedMs(first);
    if (first + count - 1 > settled || observed === undefined || observed > youngest) break;
    if (first + count > neededFrom) break;
    if (bytes > 0 && bytes + size > bytesPerCall) break;
    for (const { name, position, abandoned } of positions.all())
      if (abandoned !== 0 && position < first + count - 1)
        books.give(name, "skipped", chunks.beyondInChunk(first, position).values());
    if (isOwn({ source })) own.freed(size);
    records += count;
    bytes += size;
    last = first + count - 1;
  }
  if (records === 0) return 0;
  chunkRows.remove(candidates[0]?.first ?? last, last);
  for (const row of positions.all()) if (row.position < last) positions.put({ ...row, position: last });
  chunks.setMeta({ ...chunks.meta(), oldest: last + 1 });
  replays.passOver(last + 1, now);
  return records;
}

/**
 * Drops what the ledger knows of days that were last shown long enough ago, and that no backfill is still to
 * read. A wall clock set far ahead must not make it forget days that are read again: it goes no further than
 * the sources of the configuration were read. Those that were renamed or taken out do not hold it back.
 */
function pruneLedger(
  { ledger, sources, shownDays, backfills, witnessDays, archives }: State,
  keepMs: number,
  now: number,
): void {
  const readUntil = sources.readUntil();
  if (readUntil === undefined) return;
  const before = Math.floor((Math.min(now, readUntil) - keepMs) / dayMs);
  const isNeeded = (instance: string, day: number) =>
    shownDays.last(instance, day) >= before || backfills.needs(instance, day);
  ledger.prune(before, isNeeded);
  shownDays.prune(before);
  witnessDays.prune(before);
  archives.prune(before * dayMs);
}

/** The same of who was active. */
function pruneActivity({ activity, sources }: Pick<State, "activity" | "sources">, now: number): void {
  const readUntil = sources.readUntil();
  if (readUntil !== undefined) activity.prune(Math.min(now, readUntil));
}
