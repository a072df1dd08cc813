import { hash } from "node:crypto";
import { unset } from "../../record/log-days.ts";
import type { Cursor } from "../../record/reading.ts";
import { type Start, sameStart, startMoment } from "../../schema/start.ts";
import { SourceError } from "../source.ts";
import { isDue, type Listing } from "./listing.ts";
import type { ShelfReaderOptions } from "./read-told.ts";
import {
  type KeptProgress,
  oldestDay,
  type ShelfProgress,
  shelfProgressOf,
  type VolumeRow,
} from "./shelf-progress.ts";
import type { Volume, VolumeError } from "./volume.ts";

/** Whoever rotates more often than that within the lookback has the oldest left out. */
const mostEnded = 8;

/**
 * What was known before a read. `now` is epoch milliseconds; `last` what the read before has left, in whose
 * cursor there is nothing to look up. Throws an Error for a newer program's cursor.
 */
export function progressBefore(
  cursor: Cursor | undefined,
  { start, place }: Pick<ShelfReaderOptions, "start" | "place">,
  now: number,
  last?: KeptProgress,
): ShelfProgress {
  const before =
    cursor === undefined ? undefined : cursor === last?.cursor ? last.progress : shelfProgressOf(cursor);
  const since = startMoment(start, now);
  const here = hash("sha256", place, "hex").slice(0, 12);
  if (before === undefined) return { start: since, wanted: start, rows: [], before: 0, place: here };
  const kept = before.place === here ? before : inPlace(before, here);
  if (sameStart(kept.wanted, start) && !startsAhead(kept, start, now)) return kept;
  // An earlier start wants what was left out: all is read once more, and what is known stays known.
  const rows = since < kept.start ? { rows: [], before: 0 } : {};
  return { ...kept, ...rows, start: since, wanted: start };
}

/** At another place nothing was read that has no row. */
function inPlace(progress: ShelfProgress, place: string): ShelfProgress {
  return { ...progress, place, ...(progress.place !== undefined && { before: 0 }) };
}

/** The clock was far ahead when this was read first: all that happens until then would be left out. */
function startsAhead({ start: kept }: ShelfProgress, start: Start, now: number): boolean {
  return kept > now && (start === "now" || "back" in start) && !unset(now);
}

/** What one read has to do. */
export type NextStep =
  /** `again`: as a whole, because a day of it is due once more. */
  | { readonly read: Volume; readonly row: VolumeRow | undefined; readonly again: boolean }
  /** A day is due that no volume shows any more. */
  | { readonly lost: number }
  | "nothing";

/** With the day that is read once more, if there is one. */
export function withOwed(progress: ShelfProgress, owed: readonly number[]): ShelfProgress {
  const { again, ...others } = progress;
  if (again !== undefined && owed.includes(again.day)) return progress;
  const [day] = owed;
  if (day === undefined) return others;
  const left = progress.rows.filter(({ days }) => days !== undefined && days[0] <= day && day <= days[1]);
  return { ...others, again: { day, left: left.map(({ id }) => id) } };
}

/** With the oldest day that is or was there: rows are forgotten, and volumes are removed. */
export function withOldest(
  progress: ShelfProgress,
  { oldest: listed }: Pick<Listing, "oldest">,
): ShelfProgress {
  const { oldest: before = Number.POSITIVE_INFINITY, rows } = progress;
  const oldest = Math.min(before, listed, oldestDay(rows));
  return oldest === progress.oldest || oldest === Number.POSITIVE_INFINITY
    ? progress
    : { ...progress, oldest };
}

/** Each read asks for them several times. */
const ids = new WeakMap<readonly VolumeRow[], ReadonlyMap<string, VolumeRow>>();

function byId(rows: readonly VolumeRow[]): ReadonlyMap<string, VolumeRow> {
  const known = ids.get(rows);
  if (known !== undefined) return known;
  const made = new Map(rows.map((row) => [row.id, row]));
  ids.set(rows, made);
  return made;
}

/** What comes first. */
export function nextStep(progress: ShelfProgress, listing: Listing, archive: boolean): NextStep {
  const rows = byId(progress.rows);
  const { again } = progress;
  if (again !== undefined) {
    const volume = again.left.flatMap((id) => listing.known.get(id) ?? [])[0];
    if (volume === undefined) return { lost: again.day };
    return { read: volume, row: rows.get(volume.id), again: true };
  }
  const left = leftToRead(progress, listing, archive);
  const [first] = left;
  if (first === undefined) return "nothing";
  // What had its name is read to its end before, so that twins on both sides are counted together.
  const before = idBefore(progress.rows, first);
  const volume = left.find(({ id }) => id === before) ?? first;
  return { read: volume, row: rows.get(volume.id), again: false };
}

/**
 * Which volume had the name of this one last: none that another one has followed already, however late it was
 * written to. Changes shortly after each other may have the same time; then it is the one that was read last.
 */
export function idBefore(rows: readonly VolumeRow[], volume: Volume): string | undefined {
  const row = byId(rows).get(volume.id);
  if (row !== undefined) return row.after;
  const had = rows.filter(({ name }) => name === volume.name);
  const followed = new Set(had.map(({ after }) => after));
  const ends = had.filter(({ id }) => !followed.has(id));
  return ends.reverse().sort((a, b) => b.changedAt - a.changedAt)[0]?.id;
}

/** What of a listing is still to be read. */
export function leftToRead(
  progress: ShelfProgress,
  { due, at }: Listing,
  archive: boolean,
): readonly Volume[] {
  const rows = byId(progress.rows);
  return due.filter((volume) => isDue(volume, rows.get(volume.id), progress, { at, seals: archive }));
}

/** Rows whose volumes are not there any more. Nothing is said of what could not be looked at. */
export function goneRows({ rows }: ShelfProgress, { known, troubles }: Listing): readonly VolumeRow[] {
  return troubles.length > 0 ? [] : rows.filter(({ id }) => !known.has(id));
}

/** What cannot be read of what is there; undefined when all can. */
export function whatFails({ rows }: ShelfProgress, { known, troubles }: Listing): SourceError | undefined {
  const faults = rows.flatMap(({ id, fault }) => (fault !== undefined && known.has(id) ? [fault] : []));
  const [first, ...others]: Pick<VolumeError, "reason" | "message" | "fix">[] = [...troubles, ...faults];
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `; and ${others.length} more cannot be read`;
  return new SourceError(first.reason, first.message + more, first.fix);
}

/**
 * The volumes that ended when this one began, the oldest first, as far as they were read: each with the place
 * where its lines begin that may have twins still. `after` is the last of them.
 */
export function endedBefore(
  rows: readonly VolumeRow[],
  { known }: Pick<Listing, "known">,
  after: string | undefined,
): readonly { readonly volume: Volume; readonly from: number }[] {
  const found: { readonly volume: Volume; readonly from: number }[] = [];
  for (let id = after; id !== undefined && found.length < mostEnded; ) {
    const row = byId(rows).get(id);
    const volume = known.get(id);
    if (row?.end === undefined || volume?.version !== row.version) break;
    const { anchor: from = 0, end: size } = row;
    found.unshift({ volume: { ...volume, size }, from });
    id = from > 0 ? undefined : row.after;
  }
  return found;
}
