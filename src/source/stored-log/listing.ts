import { type Clock, dayMs } from "../../time/clock.ts";
import { oldestDay, type ShelfProgress, type VolumeRow } from "./shelf-progress.ts";
import type { Shelf, Volume, VolumeError } from "./volume.ts";

/** So many volumes are remembered of one look through them: those that are read first. */
const mostDue = 10_000;
/** What was read in parts is read once as a whole when it has not changed for so long. */
const sealAfterMs = dayMs + 3_600_000;

/** What one look through the volumes has found. */
export interface Listing {
  /** When it began, epoch milliseconds. */
  readonly at: number;
  /** To be read, the one that changed longest ago first. */
  readonly due: readonly Volume[];
  /** There are more, which another look will find. */
  readonly more: boolean;
  /** Those that have a row, and those that are due; by their ids. */
  readonly known: ReadonlyMap<string, Volume>;
  /** As `oldestDay`, of all volumes that there are. */
  readonly oldest: number;
  /** What could not be looked at. */
  readonly troubles: readonly VolumeError[];
}

/** What decides which volumes are due. */
export interface ListingOptions {
  readonly shelf: Shelf;
  readonly clock: Clock;
  /** Volumes may be rewritten: what was read in parts is read once more as a whole. */
  readonly seals: boolean;
}

/** Looks through the volumes. Throws SourceError, and the reason of `stop`. */
export async function listed(
  { shelf, clock, seals }: ListingOptions,
  progress: ShelfProgress,
  stop: AbortSignal,
): Promise<Listing> {
  const at = clock.now();
  const rows = new Map(progress.rows.map((row) => [row.id, row]));
  const known = new Map<string, Volume>();
  const troubles: VolumeError[] = [];
  let due: Volume[] = [];
  let more = false;
  let oldest = Number.POSITIVE_INFINITY;
  const look = {
    known: rows,
    found: progress.found === true,
    trouble: (error: VolumeError) => void troubles.push(error),
    stop,
  };
  for await (const volume of shelf.list(look)) {
    stop.throwIfAborted();
    oldest = Math.min(oldest, oldestDay([volume]));
    const row = rows.get(volume.id);
    if (row !== undefined) known.set(volume.id, volume);
    if (!isDue(volume, row, progress, { at, seals })) continue;
    due.push(volume);
    if (due.length < 2 * mostDue) continue;
    due = due.sort(oldestFirst).slice(0, mostDue);
    more = true;
  }
  more ||= due.length > mostDue;
  due = due.sort(oldestFirst).slice(0, mostDue);
  for (const volume of due) known.set(volume.id, volume);
  return { at, due, more, known, oldest, troubles };
}

/** Whether a volume has something to show. */
export function isDue(
  volume: Volume,
  row: VolumeRow | undefined,
  progress: Pick<ShelfProgress, "start" | "before">,
  { at, seals }: { readonly at: number; readonly seals: boolean },
): boolean {
  // An entry is written after it happened: clocks may be some hours apart.
  if (row === undefined)
    return volume.size > 0 && volume.changedAt >= Math.max(progress.start - dayMs, progress.before);
  if (row.version !== volume.version) return true;
  if (row.fault !== undefined) return row.fault.until === "round" && row.fault.at !== at;
  return seals && row.continued === true && volume.changedAt < at - sealAfterMs;
}

function oldestFirst(a: Volume, b: Volume): number {
  return a.changedAt - b.changedAt || (a.name < b.name ? -1 : 1);
}
