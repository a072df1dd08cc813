import { builtin } from "../../../builtin.ts";
import type { Random } from "../../../random.ts";
import { keepingAll, type Segments } from "../../segment/segments.ts";
import type { Damage } from "../../spool-state.ts";
import { createPrivate, type StateFiles, syncDirectory } from "../../state-directory.ts";
import { booksDamaged } from "../books.ts";
import { type ChunkRow, chunkRowOf, earlierChunkTable } from "../chunk-rows.ts";
import { type Database, database } from "../database.ts";
import { isDamage } from "../failure.ts";
import { migrate, newStateId, schemaVersion } from "../migrate.ts";
import type { SealedTable } from "../sealed-table.ts";
import { loadState, type State, stateOf } from "../state.ts";
import { type MetaRow, tablesOf } from "../tables.ts";
import { waitingFor } from "../waiting.ts";
import { consequences, since } from "./consequences.ts";
import { bookLost, expectAgain } from "./quarantine.ts";
import { numberedRowsInReach, type RowsInReach, rowsInReach } from "./rows-in-reach.ts";
import { finishSwap, salvagedName } from "./swap.ts";
import { markUncounted } from "./uncounted-days.ts";

const { renameSync, rmSync } = builtin("node:fs");

/** The version of the schema that brought them. */
const segmentsSince = 15;
const bytesPerTransaction = 8 * 1024 * 1024;

/** What a new database is made with. */
export interface SalvageOptions {
  readonly maxBytes: number;
  /** The id in the marker file. */
  readonly id: string | undefined;
  readonly now: number;
  /** Names the state when its name is lost. */
  readonly random: Random;
  /** Where both have bytes of records. */
  readonly segments: Segments;
  /** Nothing was found damaged. */
  readonly byHand: boolean;
}

/**
 * Builds a new database from every row of a damaged one whose seal is sound, and puts it in its place; the
 * damaged one is kept beside it. Gives back what was lost or found, or undefined when there is nothing to
 * save.
 */
export function salvage(
  files: StateFiles,
  { maxBytes, id, now, random, segments, byHand }: SalvageOptions,
): Damage[] | undefined {
  for (const file of [files.unfinished, `${files.unfinished}-wal`]) rmSync(file, { force: true });
  let old: Database | undefined;
  let fresh: Database | undefined;
  try {
    old = database(files.database, { maxBytes, tolerant: true });
    createPrivate(files.unfinished);
    fresh = database(files.unfinished, { maxBytes });
    migrate(fresh);
    const state = stateOf(
      fresh,
      keepingAll(segments),
      () => now,
      () => {
        throw booksDamaged("the new database cannot be read back");
      },
    );
    const lost = fill(state, old, { id, now, random, byHand });
    if (lost === undefined) return undefined;
    fresh.checkpoint();
    fresh.close();
    old.close();
    renameSync(files.unfinished, salvagedName(files, now));
    syncDirectory(files);
    finishSwap(files);
    return lost;
  } catch (error) {
    if (old === undefined && isDamage(error)) return undefined;
    throw error;
  } finally {
    fresh?.close();
    old?.close();
  }
}

/** What is of no use without the output's position. */
const ofOutputs = "side stretch mark replay milestone side_book left_behind destination".split(" ");

function fill(
  state: State,
  from: Database,
  { id, now, random, byHand }: Omit<SalvageOptions, "maxBytes" | "segments">,
): Damage[] | undefined {
  const { db, tables } = state;
  const old = tablesOf(from);
  const notes: Damage[] = [];
  const damaged = new Set<string>();
  for (const [table, key, meaning] of consequences) {
    if (schemaVersion(from) < (since[table] ?? 1)) continue;
    const left = copy(
      db,
      tables[table] as SealedTable<object>,
      rowsInReach(old[table] as SealedTable<object>, key),
    );
    if (left === 0) continue;
    damaged.add(table);
    notes.push(note(now, `rows of the table ${old[table].name} were damaged and left behind: ${meaning}`));
  }
  const meta = rowsInReach(old.meta, "id").rows.next().value as MetaRow | undefined;
  // Without the heading nobody knows how far the numbers go.
  if (schemaVersion(from) < segmentsSince)
    copy(db, tables.chunk, chunksInReach(earlierChunkTable(from), meta), chunkRowOf);
  else copy(db, tables.chunk, chunksInReach(old.chunk, meta));
  const nothing = ["chunk", "source", "output"].every(
    (table) => db.get(`SELECT 1 FROM ${table}`) === undefined,
  );
  if (meta === undefined && nothing) return undefined;
  db.transaction(() => {
    for (const table of ofOutputs)
      db.run(`DELETE FROM ${table} WHERE output NOT IN (SELECT name FROM output)`);
    const orphans = "output_book WHERE output NOT IN (SELECT name FROM output)";
    for (const { output } of db.all<{ output: string }>(`SELECT DISTINCT output FROM ${orphans}`))
      notes.push(note(now, `the position of ${output} is lost: it gets everything that is kept again`));
    db.run(`DELETE FROM ${orphans}`);
    const heading = meta ?? { id: 1, stateId: newStateId(random), created: now, ...extent(db) };
    tables.meta.put({ ...heading, stateId: id ?? heading.stateId });
    loadState(state);
    for (const { first, last } of holes(state)) {
      const reason = "records could not be saved from the damaged database";
      notes.push({ firstSeq: first, count: last - first + 1, source: "", at: now, reason });
    }
    if (notes.length === 0 && !byHand)
      notes.push(note(now, "the database was damaged, but no row of it was lost"));
    for (const found of notes) state.damages.note(found);
    admitUnbooked(state);
    const ranges = notes.filter(({ count }) => count > 0);
    const holed = ranges.map(({ firstSeq, count }) => ({ first: firstSeq, last: firstSeq + count - 1 }));
    const unplaced = missingElsewhere(state, holed);
    const missing = bookLost(state);
    if (unplaced) for (const { source, day } of missing.values()) state.ledger.forgetDay(source, day);
    expectAgain(state, missing, holed, now);
    if (damaged.has("activeDay")) markUncounted(state);
  });
  return notes;
}

function note(at: number, reason: string): Damage {
  return { firstSeq: 0, count: 0, source: "", at, reason };
}

function chunksInReach<Row extends Pick<ChunkRow, "firstSeq">>(
  table: SealedTable<Row>,
  meta: MetaRow | undefined,
): RowsInReach<Row> {
  return meta === undefined
    ? rowsInReach(table, "first_seq")
    : numberedRowsInReach(table, "first_seq", ({ firstSeq }) => firstSeq, meta.head);
}

/** Gives back how many rows were there but not sound; at least 1 when a part of the table cannot be read. */
function copy<Row extends object, From extends object = Row>(
  db: Database,
  to: SealedTable<Row>,
  reach: RowsInReach<From>,
  rowOf = (row: From) => row as unknown as Row,
): number {
  let batch: Row[] = [];
  let bytes = 0;
  const flush = () => {
    db.transaction(() => batch.forEach(to.put));
    if (db.walBytes() > 2 * bytesPerTransaction) db.checkpoint();
    batch = [];
    bytes = 0;
  };
  for (const row of reach.rows) {
    batch.push(rowOf(row));
    bytes += 256;
    for (const column of Object.values(row)) if (column instanceof Uint8Array) bytes += column.length;
    if (bytes > bytesPerTransaction) flush();
  }
  flush();
  return reach.left();
}

/**
 * Where the spool's order must begin and end when its heading is lost: no `seq` that was ever used is used
 * again.
 */
function extent(db: Database): { oldest: number; head: number } {
  const row = db.get<{ oldest: number | null; head: number | null }>(`
    SELECT min(oldest) AS oldest, max(head) AS head FROM (
      SELECT min(first_seq) AS oldest, max(first_seq + count - 1) AS head FROM chunk
      UNION ALL SELECT min(position) + 1, max(position) FROM output
      UNION ALL SELECT NULL, max(first_seq + count - 1) FROM ledger
      UNION ALL SELECT NULL, max(first_seq + count - 1) FROM known
      UNION ALL SELECT NULL, max(first_seq + count - 1) FROM damage WHERE count > 0
    )`);
  const head = row?.head ?? 0;
  return { oldest: Math.min(row?.oldest ?? head + 1, head + 1), head };
}

function holes({ db, chunks, damages }: State): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  const { oldest, head } = chunks.meta();
  let expected = oldest;
  const close = (end: number) => {
    while (expected <= end) {
      const known = damages.at(expected);
      if (known !== undefined) expected = known.last + 1;
      else {
        const range = damages.clear(expected, expected, end);
        found.push(range);
        expected = range.last + 1;
      }
    }
  };
  for (const { first, count } of db.each<{ first: number; count: number }>(
    "SELECT first_seq AS first, count FROM chunk ORDER BY first_seq",
  )) {
    close(first - 1);
    expected = first + count;
  }
  close(head);
  return found;
}

/**
 * Whether the books of an output miss more than what lay in `holes` behind its position: something that
 * waited beside the run. The ledger cannot tell which append that came with.
 */
function missingElsewhere(
  state: State,
  holes: readonly { readonly first: number; readonly last: number }[],
): boolean {
  return state.positions.active().some(({ name, position }) => {
    const missing = state.books.missing(name, waitingFor(state, name));
    const holed = holes.map(({ first, last }) => Math.max(0, last - Math.max(first, position + 1) + 1));
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    return sum(missing.map(({ count }) => Math.max(0, count))) > sum(holed);
  });
}

/** The books know at least every record that is kept, and every record that an output counted. */
function admitUnbooked(state: State): void {
  const { chunks, books, positions } = state;
  const kept = chunks.beyond(chunks.meta().oldest - 1);
  const waiting = positions.all().map(({ name }) => [name, waitingFor(state, name)] as const);
  // Nobody's name: all that is kept is pending for it, and nothing was settled.
  for (const [name, beyond] of [["", kept] as const, ...waiting])
    for (const { source, day, count } of books.missing(name, beyond))
      if (count < 0) books.admit(source, day, -count);
}
