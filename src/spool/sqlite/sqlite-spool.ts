import type { Clock } from "../../time/clock.ts";
import { type Damage, type Spool, SpoolError } from "../spool.ts";
import type { Unsound } from "./chunks.ts";
import type { Database } from "./database.ts";
import { deadLetters } from "./dead-letters.ts";
import { type Keep, prune } from "./prune.ts";
import { quarantine } from "./repair/quarantine.ts";
import { room } from "./room.ts";
import { checkState, loadState, stateOf } from "./state.ts";

export interface SqliteSpoolOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly keep: Keep;
  readonly clock: Clock;
  /** Undefined: whatever is there stays as it is. */
  readonly outputs: readonly string[] | undefined;
  readonly sources: readonly string[];
  readonly onDamage: (damage: Damage) => void;
  /** Called once when the spool is closed. */
  readonly onClose: () => void;
}

const walLimit = 16 * 1024 * 1024;
/** What an append takes beside its bytes: heads of records, identities, and the pages of the books. */
const bytesPerRecord = 64;
const bytesPerAppend = 64 * 1024;

/** The spool in a database whose tables exist. Throws SpoolError `corrupt` when its parts do not agree. */
export function sqliteSpool(db: Database, options: SqliteSpoolOptions): Spool {
  const { clock, keep, maxBytes } = options;
  const now = () => Math.floor(clock.now());
  const state = stateOf(db, now, setAside);
  const letters = deadLetters(state.tables);
  const space = room(db, options.directory, maxBytes);
  let open = true;

  /** One transaction. On a full disk, what the write-ahead log takes may be all that is missing. */
  function change<T>(work: () => T): T {
    let result: T;
    try {
      result = attempt(work);
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full") || db.walBytes() === 0) throw error;
      db.checkpoint();
      result = attempt(work);
    }
    if (db.walBytes() > walLimit) db.checkpoint();
    return result;
  }

  /** What is in memory follows the disk, also when the transaction is rolled back. */
  function attempt<T>(work: () => T): T {
    try {
      return db.transaction(work);
    } catch (error) {
      if (db.broken() === undefined) loadState(state);
      throw error;
    }
  }

  /** What a source waits for: when the disk has no room for it, `usage` says so until there is. */
  function changeNeeding(bytes: number, work: () => void): void {
    try {
      change(work);
    } catch (error) {
      if (error instanceof SpoolError && error.failure === "full") space.refused(bytes);
      throw error;
    }
  }

  function setAside(found: Unsound): void {
    options.onDamage(change(() => quarantine(state, found, now())));
  }

  function registerOutputs(names: readonly string[]): void {
    const { positions: rows, chunks: kept, books: counts } = state;
    const before = kept.meta().oldest - 1;
    for (const name of names) {
      if (rows.has(name)) {
        if (rows.of(name).abandoned !== 0) rows.put({ ...rows.of(name), abandoned: 0 });
        continue;
      }
      rows.put({
        name,
        position: before,
        joinedSeq: before + 1,
        delivered: 0,
        filtered: 0,
        dead: 0,
        abandoned: 0,
      });
      counts.give(name, "skipped", counts.missing(name, kept.beyond(before)));
    }
    for (const row of rows.active()) if (!names.includes(row.name)) rows.put({ ...row, abandoned: 1 });
  }

  function backlog(output: string) {
    const { position } = state.positions.of(output);
    const head = state.chunks.meta().head;
    const events = head - position - state.damages.between(position, head);
    if (events === 0) return { events };
    let oldest = position + 1;
    for (let hole = state.damages.at(oldest); hole !== undefined; hole = state.damages.at(oldest))
      oldest = hole.last + 1;
    const oldestObserved = state.chunks.observedMs(oldest);
    return oldestObserved === undefined ? { events } : { events, oldestObserved };
  }

  /** What is only kept for a replay makes way for what was never delivered: without it the source would not be read until that is old. */
  function pruneNow(at: number, pressed: boolean): number {
    return change(() => prune(state, pressed ? { ...keep, delivered: 0 } : keep, at));
  }

  function claim(bytes: number): void {
    for (;;) {
      try {
        space.claim(bytes);
        return;
      } catch (error) {
        if (!space.pruningHelps() || pruneNow(now(), true) === 0) throw error;
      }
    }
  }

  loadState(state);
  checkState(state);
  change(() => {
    state.sources.register(options.sources);
    if (options.outputs !== undefined) registerOutputs(options.outputs);
  });

  return {
    cursor: (source) => state.sources.cursor(source),
    owed: (source) => state.sources.owed(source),
    identities: (source, day) => change(() => state.ledger.of(source, day)),

    append(source, records, ledger, observed) {
      let identities = 0;
      for (const bytes of ledger.identities.values()) identities += bytes.length / 16;
      if (identities !== records.length)
        throw new Error(`${records.length} records came with ${identities} identities`);
      const bytes = records.reduce(
        (sum, record) => sum + record.bytes.length + bytesPerRecord,
        bytesPerAppend,
      );
      claim(bytes);
      changeNeeding(bytes, () => {
        state.books.fetched(source, ledger.counts, records);
        if (records.length === 0) return;
        state.ledger.keep(source, state.chunks.append(source, records, observed), ledger.identities);
        state.sources.kept(source, records);
      });
    },

    finishWindow(source, done, counts, at) {
      changeNeeding(bytesPerAppend, () => {
        state.books.fetched(source, counts, []);
        state.sources.finish(source, done, at);
      });
    },

    read: (after, limit) => state.chunks.read(after, limit),
    position: (output) => state.positions.of(output).position,

    settle(output, through, counts, dead) {
      const { position } = state.positions.of(output);
      if (through < position || through > state.chunks.meta().head)
        throw new Error(`the position of ${output} cannot move from ${position} to ${through}`);
      const settled = counts.reduce((sum, row) => sum + row.delivered + row.filtered + row.dead, 0);
      const damaged = state.damages.between(position, through);
      const kept = through - position - damaged;
      // Records may have been damaged on disk after they were read for this batch: then they are not lost after all.
      if (
        settled < kept ||
        settled > kept + damaged ||
        counts.reduce((sum, row) => sum + row.dead, 0) !== dead.length
      )
        throw new Error(
          `counts of ${settled} records do not cover ${position + 1} to ${through} of ${output}`,
        );
      change(() => {
        state.books.settled(output, counts);
        state.positions.move(output, through, counts);
        letters.keep(output, dead);
        if (settled > kept)
          state.books.give(output, "lost", state.books.missing(output, state.chunks.beyond(through)));
        if (!state.books.sound(output, counts))
          throw new Error(`counts of ${output} are of other days than its records`);
      });
    },

    backlog,
    head: () => state.chunks.meta().head,
    books: () => state.books.rows(state.positions.all().map(({ name }) => name)),
    sources: () => state.sources.states(),
    outputs: () =>
      state.positions.all().map(({ name, position, delivered, filtered, dead, abandoned }) => ({
        output: name,
        position,
        delivered,
        filtered,
        dead,
        backlog: backlog(name),
        abandoned: abandoned !== 0,
      })),
    deadLetters: (output, limit) => letters.list(output, limit),
    damage: () => state.damages.all(),
    prune: (at) => pruneNow(at, space.pruningHelps()),
    usage: () => ({ bytes: db.bytes(), maxBytes, full: space.full(), diskFull: space.diskFull() }),

    close() {
      if (!open) return;
      open = false;
      db.close();
      options.onClose();
    },
  };
}
