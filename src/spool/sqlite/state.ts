import type { Segments } from "../segment/segments.ts";
import { type Activity, keptActivity } from "./activity.ts";
import { type ArchiveBooks, archiveBooks } from "./archive-books.ts";
import { type Backfills, backfills } from "./backfills.ts";
import { Books, booksDamaged } from "./books.ts";
import { ChunkRows } from "./chunk-rows.ts";
import { Chunks, type Unsound } from "./chunks.ts";
import { type ClosedDays, closedDays } from "./closed-days.ts";
import { type Damages, damages } from "./damages.ts";
import type { Database } from "./database.ts";
import { type DeadLetters, keptLetters } from "./dead-letters.ts";
import { type Destinations, destinations } from "./destinations.ts";
import { type LatenessDays, latenessDays } from "./lateness-days.ts";
import { type LedgerPieces, ledgerPieces } from "./ledger-pieces.ts";
import { type Milestones, milestones } from "./milestones.ts";
import { OpenHolds } from "./open-holds.ts";
import { type Origins, origins } from "./origins.ts";
import { OwnEvents } from "./own-events.ts";
import { type Positions, positions } from "./positions.ts";
import { type KeptReplays, keptReplays } from "./replays.ts";
import { type ShownAgain, shownAgain } from "./shown-again.ts";
import { type ShownDays, shownDays } from "./shown-days.ts";
import { type SideQueue, sideQueue } from "./side-queue.ts";
import { Sources } from "./sources.ts";
import { type Stretches, stretches } from "./stretches.ts";
import { type KeptSweeps, sweeps } from "./sweeps.ts";
import { type Tables, tablesOf } from "./tables.ts";
import { waitingFor } from "./waiting.ts";
import { type WitnessDays, witnessDays } from "./witness-days.ts";

/** The parts of the spool over one database. */
export interface State {
  readonly db: Database;
  readonly tables: Tables;
  readonly chunkRows: ChunkRows;
  readonly chunks: Chunks;
  readonly damages: Damages;
  readonly books: Books;
  readonly ledger: LedgerPieces;
  readonly positions: Positions;
  readonly side: SideQueue;
  readonly stretches: Stretches;
  readonly replays: KeptReplays;
  readonly again: ShownAgain;
  readonly milestones: Milestones;
  readonly activity: Activity;
  readonly letters: DeadLetters;
  readonly destinations: Destinations;
  readonly origins: Origins;
  readonly sources: Sources;
  readonly shownDays: ShownDays;
  readonly backfills: Backfills;
  readonly sweeps: KeptSweeps;
  readonly lateness: LatenessDays;
  readonly witnessDays: WitnessDays;
  readonly closedDays: ClosedDays;
  readonly archives: ArchiveBooks;
  readonly own: OwnEvents;
  readonly holds: OpenHolds;
}

/**
 * The parts over `db` and the segments that it tells of, not loaded yet. `unsound` is told of records that
 * are not what was written.
 */
export function stateOf(
  db: Database,
  segments: Segments,
  now: () => number,
  unsound: (found: Unsound) => void,
  scrub: (text: string) => string = (text) => text,
): State {
  const tables = tablesOf(db);
  const known = damages(tables);
  const chunkRows = new ChunkRows(db, tables.chunk, segments);
  const chunks = new Chunks(db, tables, chunkRows, known, unsound);
  const books = new Books(tables);
  const sources = new Sources(db, tables);
  const own = new OwnEvents({ db, tables, chunks, books, scrub });
  return {
    db,
    tables,
    damages: known,
    chunkRows,
    chunks,
    books,
    ledger: ledgerPieces(db, tables, known, now),
    positions: positions(tables),
    side: sideQueue(db, tables),
    stretches: stretches(db, tables),
    replays: keptReplays(tables),
    again: shownAgain(db, tables, known),
    milestones: milestones(db, tables),
    activity: keptActivity(db, tables, known, now),
    letters: keptLetters(db, tables),
    destinations: destinations(db, tables),
    origins: origins(tables),
    sources,
    shownDays: shownDays(db, tables),
    backfills: backfills(db, tables),
    sweeps: sweeps(db, tables.sweep),
    lateness: latenessDays(db, tables.lateness),
    witnessDays: witnessDays(db, tables.witnessDay),
    closedDays: closedDays(db, tables.closedDay),
    archives: archiveBooks(db, tables),
    own,
    holds: new OpenHolds(db, tables, own),
  };
}

/** Makes memory follow the disk again. */
export function loadState(state: State): void {
  state.damages.load();
  state.chunks.load();
  state.books.load();
  state.positions.load();
  state.side.load();
  state.stretches.load();
  state.replays.load();
  state.again.load();
  state.milestones.load();
  state.activity.load();
  state.letters.load();
  state.destinations.load();
  state.origins.load();
  state.sources.load();
  state.shownDays.load();
  state.backfills.load();
  state.sweeps.load();
  state.lateness.load();
  state.witnessDays.load();
  state.closedDays.load();
  state.archives.load();
  state.own.load();
  state.holds.load();
}

/** What counts in the spool's limit, in bytes: not what has bounds of its own. */
export function countedBytes({ db, chunkRows, letters, side, own }: State): number {
  return Math.max(
    0,
    db.bytes() + chunkRows.segmentedBytes - letters.totalBytes() - side.bytes() - own.bytes(),
  );
}

/**
 * Throws SpoolError `corrupt` unless records, positions and books agree. Reads no record's bytes but those
 * around a position.
 */
export function checkState(state: State): void {
  const { chunks, books, positions } = state;
  chunks.checkOrder();
  if (!books.balanced()) throw booksDamaged("fetched - known is not new");
  for (const output of books.counted())
    if (!positions.has(output)) throw booksDamaged(`the position of ${output} is missing`);
  for (const { name } of positions.all()) {
    const [missing] = books.missing(name, waitingFor(state, name));
    if (missing !== undefined)
      throw booksDamaged(
        `${missing.count} records of ${missing.source} that ${name} waits for are not there`,
      );
  }
}
