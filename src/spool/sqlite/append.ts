import type { ReadDone } from "../../record/reading.ts";
import type { Instant } from "../../time/clock.ts";
import { dayMs } from "../../time/clock.ts";
import type { NewRecords } from "../chunk/new-records.ts";
import type { LedgerDelta, LedgerEnd } from "../store.ts";
import { tellGaps } from "./gap-facts.ts";
import { aboutSource } from "./open-holds.ts";
import type { State } from "./state.ts";

/** Keeps what is new, with the knowledge that it is known; joins the caller's transaction. */
export function append(
  { books, chunks, ledger: pieces, sources }: State,
  source: string,
  records: NewRecords,
  ledger: LedgerDelta,
  observed: Instant,
): void {
  books.fetched(source, ledger.counts, records.days);
  pieces.rename(ledger.instance, ledger.renamed ?? new Map());
  if (records.count === 0) return;
  pieces.keep(ledger.instance, chunks.append(source, records, observed), ledger.known);
  sources.kept(source, records.newest);
}

/** The clean end of a read, and what it means for gaps and a hold; joins the caller's transaction. */
export function finishWindow(state: State, source: string, done: ReadDone, end: LedgerEnd, at: number): void {
  const { books, ledger, sources, holds } = state;
  const before = sources.gaps(source);
  books.fetched(source, end.counts, new Map());
  ledger.rename(end.instance, end.renamed);
  sources.finish(source, done, at);
  const { from, to } = done.covered;
  const shown = (day: number) => day * dayMs >= from && (day + 1) * dayMs <= to;
  tellGaps(state, source, before, (day) => (shown(day) ? "filled" : "not_wanted"), at);
  if (done.troubled !== true) holds.end(aboutSource(source), at);
}
