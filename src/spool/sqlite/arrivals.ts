import type { ReadDone } from "../../record/reading.ts";
import { type Instant, msOfInstant } from "../../time/clock.ts";
import type { NewRecords } from "../chunk/new-records.ts";
import type { DayStep, FetchCounts, LedgerDelta, LedgerEnd } from "../store.ts";
import type { State } from "./state.ts";

/** Records, the knowledge that they are known, and what the read had shown: in the caller's transaction. */
export function keepRecords(
  { books, chunks, ledger, shownDays, sources, lateness }: State,
  source: string,
  records: NewRecords,
  { instance, known, renamed = new Map(), counts }: LedgerDelta,
  observed: Instant,
): void {
  books.fetched(source, counts, records.days);
  ledger.rename(instance, renamed);
  shownDays.note(instance, daysOf(counts), msOfInstant(observed));
  if (records.count === 0) return;
  ledger.keep(instance, chunks.append(source, records, observed), known);
  sources.kept(source, records.newest);
  if (records.lateness !== undefined) lateness.add(source, records.lateness, msOfInstant(observed));
}

/** The end of a read of the steady window: its cursor moves. */
export function finishRead(state: State, source: string, done: ReadDone, end: LedgerEnd, at: number): void {
  takeEnd(state, source, end, at);
  if (done.holds !== undefined) state.shownDays.hold(end.instance, done.holds, at);
  state.sources.finish(source, done, at);
}

/** The end of a read of one day: how far the backfill or the sweeps are, and what became of the day. */
export function finishStep(
  state: State,
  { progress, gap, shown }: DayStep,
  end: LedgerEnd,
  at: number,
): void {
  const { source } = progress;
  takeEnd(state, source, end, at);
  if ("date" in progress) state.sweeps.keep(progress);
  else state.backfills.keep(progress);
  if (gap !== undefined) state.sources.addGap({ source, ...gap, at: Math.floor(at) });
  if (shown !== undefined) state.sources.dayShown(source, shown);
}

function takeEnd({ books, ledger, shownDays }: State, source: string, end: LedgerEnd, at: number): void {
  books.fetched(source, end.counts, new Map());
  ledger.rename(end.instance, end.renamed);
  shownDays.note(end.instance, daysOf(end.counts), at);
}

function daysOf(counts: readonly FetchCounts[]): number[] {
  return counts.map(({ day }) => day);
}
