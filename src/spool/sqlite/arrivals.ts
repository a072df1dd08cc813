import type { ReadDone } from "../../record/reading.ts";
import { dayMs, type Instant, msOfInstant } from "../../time/clock.ts";
import type { NewRecords } from "../chunk/new-records.ts";
import type { ShownRecords } from "../replays.ts";
import type { DayStep, FetchCounts, LedgerDelta, LedgerEnd } from "../store.ts";
import { closeDay } from "./close-day.ts";
import { tellGaps } from "./gap-facts.ts";
import { aboutSource } from "./open-holds.ts";
import { dropTaken } from "./replay-reading.ts";
import type { State } from "./state.ts";
import { keepWitnessed } from "./witness-facts.ts";

/**
 * Records, the knowledge that they are known, what the read had shown, and known ones that it has `shown` for
 * a replay: in the caller's transaction.
 */
export function keepRecords(
  state: State,
  source: string,
  records: NewRecords,
  { instance, known, renamed = new Map(), counts }: LedgerDelta,
  observed: Instant,
  shown?: ShownRecords,
): void {
  const { books, chunks, ledger, shownDays, sources, activity, lateness, witnessDays } = state;
  // One that was cancelled meanwhile wants nothing any more.
  if (shown !== undefined && state.replays.withId(shown.id)?.state === "running")
    state.again.put(source, shown, observed);
  books.fetched(source, counts, records.days);
  ledger.rename(instance, renamed);
  shownDays.note(instance, daysOf(counts), msOfInstant(observed));
  if (records.count === 0) {
    if (sources.isWitness(source)) witnessDays.shown(source, daysOf(counts));
    return;
  }
  ledger.keep(instance, chunks.append(source, records, observed), known);
  sources.kept(source, records.newest);
  if (records.lateness !== undefined) lateness.add(source, records.lateness, msOfInstant(observed));
  activity.keep(source, instance, records.active);
}

/** The end of a read of the steady window: its cursor moves. What that means for gaps and a hold is told. */
export function finishRead(state: State, source: string, done: ReadDone, end: LedgerEnd, at: number): void {
  const { sources, shownDays, holds } = state;
  const before = sources.gaps(source);
  takeEnd(state, source, end, at);
  if (sources.isWitness(source)) state.witnessDays.shown(source, daysOf(end.counts));
  if (done.holds !== undefined) shownDays.hold(end.instance, done.holds, at);
  sources.finish(source, done, at);
  const { from, to } = done.covered;
  const shown = (day: number) => day * dayMs >= from && (day + 1) * dayMs <= to;
  tellGaps(state, source, before, (day) => (shown(day) ? "filled" : "not_wanted"), at);
  if (done.troubled !== true) holds.end(aboutSource(source), at);
}

/**
 * The end of a read of one day: how far the backfill or the sweeps are, or what a witness found, and what
 * became of the day.
 */
export function finishStep(
  state: State,
  { progress, gap, shown, closed }: DayStep,
  end: LedgerEnd,
  at: number,
): void {
  const { source } = progress;
  const { sources, backfills, sweeps } = state;
  const before = sources.gaps(source);
  takeEnd(state, source, end, at);
  if ("witnessed" in progress) keepWitnessed(state, progress, at);
  else if ("date" in progress) sweeps.keep(progress);
  else if (!("unplanned" in progress)) {
    backfills.keep(progress);
    dropTaken(state, source);
  }
  if (gap !== undefined) sources.addGap({ source, ...gap, at });
  if (shown !== undefined) sources.dayShown(source, shown);
  if (closed !== undefined) closeDay(state, source, closed, at);
  tellGaps(state, source, before, () => "filled", at);
}

function takeEnd({ books, ledger, shownDays }: State, source: string, end: LedgerEnd, at: number): void {
  books.fetched(source, end.counts, new Map());
  ledger.rename(end.instance, end.renamed);
  shownDays.note(end.instance, daysOf(end.counts), at);
}

function daysOf(counts: readonly FetchCounts[]): number[] {
  return counts.map(({ day }) => day);
}
