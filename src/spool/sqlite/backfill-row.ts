import type { Backfill, BackfillProgress } from "../backfill.ts";

/** A backfill as it is on disk. */
export interface BackfillRow {
  source: string;
  state: Backfill["state"];
  firstDay: number;
  endDay: number;
  nextDay: number;
  perSecond: number;
  began: number;
  changed: number;
  fetched: number;
  fresh: number;
  gaps: number;
  seen: number;
  failures: number;
  trouble: string | null;
  place: string | null;
}

/** In the order of its seal. */
export const backfillColumns: readonly (keyof BackfillRow)[] = [
  ...(["source", "state", "firstDay", "endDay", "nextDay", "perSecond", "began", "changed"] as const),
  ...(["fetched", "fresh", "gaps", "seen", "failures", "trouble", "place"] as const),
];

/** What is written down of a backfill. */
export function rowOfBackfill(progress: BackfillProgress): BackfillRow {
  const { first, end, next, trouble = null, place = null, ...others } = progress;
  return { ...others, firstDay: first, endDay: end, nextDay: next, trouble, place };
}

/** What was written down, as ingest knows it. */
export function backfillOfRow(row: BackfillRow): BackfillProgress {
  const { firstDay, endDay, nextDay, trouble, place, ...others } = row;
  return {
    ...others,
    first: firstDay,
    end: endDay,
    next: nextDay,
    ...(trouble === null ? {} : { trouble }),
    ...(place === null ? {} : { place }),
  };
}
