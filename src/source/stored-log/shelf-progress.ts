import type { Cursor, Started } from "../../record/reading.ts";
import type { Start } from "../../schema/start.ts";
import { counted } from "../../text/amounts.ts";
import { dayMs, utcDayOfMs } from "../../time/clock.ts";
import type { SourceReason } from "../source.ts";
import type { Print } from "./print.ts";
import type { VolumeError } from "./volume.ts";

/** Why a volume could not be read to its end. */
export interface VolumeFault {
  readonly reason: SourceReason;
  readonly message: string;
  readonly fix: string;
  readonly until: VolumeError["until"];
  /** When the volumes were listed of which it was one, epoch milliseconds. */
  readonly at: number;
}

/** What is remembered of a volume. Offsets are bytes, moments epoch milliseconds. */
export interface VolumeRow {
  readonly id: string;
  /** As it was called when it was read first. */
  readonly name: string;
  /** The version that was read, and how large that was. */
  readonly version: string;
  readonly size: number;
  readonly changedAt: number;
  /** Where the next read begins, when it goes on. Absent: at the beginning. */
  readonly anchor?: number;
  /** How far it was read: to the last line's end. */
  readonly end?: number;
  readonly prints?: readonly Print[];
  /** Its newest entry. */
  readonly newest?: number;
  /** The UTC days of its entries, first and last. */
  readonly days?: readonly [first: number, last: number];
  /** Entries before `start`. */
  readonly leftOut?: number;
  /** The volume that had its name before, and ended when this one began. */
  readonly after?: string;
  /** Not all of this version was read: the beginning is taken for what it was. */
  readonly continued?: true;
  /** A line waits for its end. */
  readonly half?: true;
  readonly fault?: VolumeFault;
}

/** All that a source of volumes remembers. */
export interface ShelfProgress {
  /** Entries before this moment are left out, epoch milliseconds. */
  readonly start: number;
  /** What was configured when that was decided. */
  readonly wanted: Start;
  readonly rows: readonly VolumeRow[];
  /** Volumes that changed before this moment and have no row were read, epoch milliseconds. */
  readonly before: number;
  /** The volumes of a UTC day that is due once more, by their ids. */
  readonly again?: { readonly day: number; readonly left: readonly string[] };
  /** Short for the place where the volumes are. Absent: an earlier version wrote it. */
  readonly place?: string;
  /** There were volumes once. */
  readonly found?: true;
  /** The oldest UTC day that anything here could tell of, as far as was ever seen. */
  readonly oldest?: number;
}

const version = 1;
/**
 * So many rows are kept, those of the last days in any case: with an object a day the rows of five years.
 * Each stands in every cursor.
 */
const usualRows = 2_000;
const mostRows = 20_000;
const keptMs = 3 * dayMs;

/** What a cursor keeps of a progress, beside it: whoever made the cursor need not read it again. */
export interface KeptProgress {
  readonly cursor: Cursor;
  readonly progress: ShelfProgress;
}

/** Rows are many and hardly one is another than in the cursor before. */
const rowTexts = new WeakMap<VolumeRow, string>();

/**
 * As `shelfProgressOf` reads it again, also after an upgrade. Volumes that changed at `unread`, epoch
 * milliseconds, or later may not have been read: rows from then on are forgotten only where there is no room.
 */
export function keptProgress(whole: ShelfProgress, unread = Number.POSITIVE_INFINITY): KeptProgress {
  const progress = bounded(whole, unread);
  const { rows, ...others } = progress;
  const head = JSON.stringify({ volumes: version, ...others }).slice(0, -1);
  return { cursor: `${head},"rows":[${rows.map(rowText).join(",")}]}` as Cursor, progress };
}

function rowText(row: VolumeRow): string {
  const known = rowTexts.get(row);
  if (known !== undefined) return known;
  const text = JSON.stringify(row);
  rowTexts.set(row, text);
  return text;
}

/** The cursor alone. */
export function shelfCursorOf(progress: ShelfProgress): Cursor {
  return keptProgress(progress).cursor;
}

/**
 * The oldest UTC day that volumes can tell of: one with an entry, or at whose end one of them was there.
 * Infinity where there are none.
 */
export function oldestDay(volumes: readonly Pick<VolumeRow, "changedAt" | "days">[]): number {
  const days = volumes.flatMap(({ changedAt, days = [] }) => [utcDayOfMs(changedAt), ...days]);
  return days.reduce((oldest, day) => Math.min(oldest, day), Number.POSITIVE_INFINITY);
}

/** Undefined for a cursor of another kind of source. Throws an Error for one that a newer program wrote. */
export function shelfProgressOf(cursor: Cursor): ShelfProgress | undefined {
  const { volumes, ...progress } = JSON.parse(cursor) as ShelfProgress & { volumes?: number };
  if (volumes === undefined) return undefined;
  if (volumes !== version)
    throw new Error(`the source's cursor has version ${volumes}, this program knows ${version}`);
  return progress;
}

/** Forgets the rows of the volumes that changed longest ago: these were read. */
function bounded(progress: ShelfProgress, unread: number): ShelfProgress {
  const { rows } = progress;
  if (rows.length <= usualRows) return progress;
  const oldestFirst = [...rows].sort((a, b) => a.changedAt - b.changedAt);
  const newest = (oldestFirst.at(-1) as VolumeRow).changedAt;
  const old = Math.min(newest - keptMs, unread);
  const isOver = (row: VolumeRow, at: number) =>
    rows.length - at > mostRows || (rows.length - at > usualRows && row.changedAt < old);
  const from = oldestFirst.findIndex((row, at) => !isOver(row, at));
  const gone = oldestFirst.slice(0, from).filter(({ fault }) => fault === undefined);
  if (gone.length === 0) return progress;
  const forgotten = new Set(gone);
  const before = Math.max(progress.before, (gone.at(-1) as VolumeRow).changedAt + 1);
  return { ...progress, before, rows: rows.filter((row) => !forgotten.has(row)) };
}

/** What `start` meant when a source gave this cursor. Never throws. */
export function shelfStarted(cursor: Cursor): Started | undefined {
  const progress = known(cursor);
  if (progress === undefined) return undefined;
  const leftOut = progress.rows.reduce((sum, row) => sum + (row.leftOut ?? 0), 0);
  return { since: progress.start, leftOut };
}

/** What a source remembers of its volumes, in words. Never throws. */
export function shelfTexts(noun: string, cursor: Cursor): readonly string[] {
  const rows = known(cursor)?.rows ?? [];
  const failing = rows.flatMap(({ fault }) => fault ?? []);
  const halves = rows.filter(({ half }) => half === true);
  return [
    ...(rows.length > 0 ? [`${counted(rows.length, noun)} known`] : []),
    ...halves.slice(0, 3).map(({ name }) => `the last line of ${name} has no end yet, and waits`),
    ...failing.slice(0, 3).map(({ message }) => message),
    ...(failing.length > 3 ? [`and ${failing.length - 3} more cannot be read`] : []),
  ];
}

function known(cursor: Cursor): ShelfProgress | undefined {
  try {
    return shelfProgressOf(cursor);
  } catch {
    return undefined;
  }
}
