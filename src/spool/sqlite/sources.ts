import type { Cursor, ReadDone } from "../../record/reading.ts";
import type { NewRecord } from "../../record/record.ts";
import { dayMs, msOfInstant } from "../../time/clock.ts";
import type { SourceState } from "../spool.ts";
import type { Database } from "./database.ts";
import type { GapRow, SourceRow, Tables } from "./tables.ts";

/** Why a day is a gap whose records were damaged here. */
export const damagedHere =
  "records were damaged on disk before they were delivered; this day is read again for what the source still has";

/** How far each source was read, and what it could not show. Kept in memory as it is on disk. */
export interface Sources {
  load(): void;
  register(names: readonly string[]): void;
  cursor(source: string): Cursor | undefined;
  /** Records were kept: remembers the newest event. */
  kept(source: string, records: readonly NewRecord[]): void;
  finish(source: string, done: ReadDone, at: number): void;
  addGap(gap: GapRow): void;
  /** Days whose gap is damage. */
  owed(source: string): number[];
  states(): SourceState[];
}

export function sources(db: Database, tables: Tables): Sources {
  const rows = new Map<string, SourceRow>();
  let gaps: GapRow[] = [];

  function row(name: string): SourceRow {
    return rows.get(name) ?? { name, cursor: null, watermark: null, lastSuccess: null, newestEvent: null };
  }

  function put(next: SourceRow): void {
    tables.source.put(next);
    rows.set(next.name, next);
  }

  function dropGap(source: string, day: number): void {
    db.run("DELETE FROM gap WHERE source = ? AND day = ?", source, day);
    gaps = gaps.filter((gap) => gap.source !== source || gap.day !== day);
  }

  function addGap(gap: GapRow): void {
    dropGap(gap.source, gap.day);
    tables.gap.put(gap);
    gaps.push(gap);
  }

  return {
    load() {
      rows.clear();
      for (const found of tables.source.rows()) rows.set(found.name, found);
      gaps = tables.gap.rows("ORDER BY source, day");
    },

    register(names) {
      for (const name of names) if (!rows.has(name)) put(row(name));
    },

    cursor: (source) => (rows.get(source)?.cursor ?? undefined) as Cursor | undefined,

    kept(source, records) {
      const before = row(source);
      let newest = before.newestEvent ?? Number.NEGATIVE_INFINITY;
      for (const { time } of records) if (time !== undefined) newest = Math.max(newest, msOfInstant(time));
      if (Number.isFinite(newest) && newest !== before.newestEvent) put({ ...before, newestEvent: newest });
    },

    finish(source, { next, watermark, covered, gaps: found }, at) {
      const before = row(source);
      put({
        ...before,
        cursor: next,
        watermark: watermark === undefined ? before.watermark : Math.floor(watermark),
        lastSuccess: Math.floor(at),
      });
      // A day that was now read completely is no gap any more.
      const first = Math.ceil(covered.from / dayMs);
      const end = Math.floor(covered.to / dayMs);
      for (const gap of gaps)
        if (gap.source === source && gap.day >= first && gap.day < end) dropGap(source, gap.day);
      for (const { day, reason } of found) addGap({ source, day, reason, at: Math.floor(at) });
    },

    addGap,

    owed: (source) =>
      gaps.filter((gap) => gap.source === source && gap.reason === damagedHere).map(({ day }) => day),

    states: () =>
      [...rows.values()].map(({ name, watermark, lastSuccess, newestEvent }) => ({
        source: name,
        ...(watermark === null ? {} : { watermark }),
        ...(lastSuccess === null ? {} : { lastSuccess }),
        ...(newestEvent === null ? {} : { newestEvent }),
        gaps: gaps.filter((gap) => gap.source === name).map(({ day, reason }) => ({ day, reason })),
      })),
  };
}
