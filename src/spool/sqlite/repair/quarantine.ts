import type { Damage } from "../../spool-state.ts";
import { misdatedDay } from "../../spool-state.ts";
import { type StoredBytes, storedBytes } from "../chunk-rows.ts";
import type { Unsound } from "../chunks.ts";
import { countDay, type DayCounts } from "../day-count.ts";
import { expectDays } from "../gap-facts.ts";
import { damagedHere } from "../sources.ts";
import type { State } from "../state.ts";
import { waitingFor } from "../waiting.ts";

/**
 * Takes records that are not what was written out of the spool, in the caller's transaction: they are kept
 * aside, no output gets them, the books call them lost for every output that was not done with them, and the
 * ledger keeps them as due, so that a read of their days brings them back.
 */
export function quarantine(state: State, { first, last, reason }: Unsound, at: number): Damage {
  const { db, damages, chunkRows } = state;
  db.run(
    `INSERT INTO damaged_chunk SELECT first_seq, count, source, observed_seconds, observed_nanos, days, sum, ?, bytes
     FROM chunk WHERE first_seq BETWEEN ? AND ?`,
    at,
    first,
    last,
  );
  const rows = db.all<StoredBytes & { first: number }>(
    `SELECT first_seq AS first, ${storedBytes} FROM chunk WHERE first_seq BETWEEN ? AND ?`,
    first,
    last,
  );
  for (const row of rows) {
    const found = chunkRows.foundIn(row);
    if (found !== undefined)
      db.run("UPDATE damaged_chunk SET bytes = ? WHERE first_seq = ? AND found_at = ?", found, row.first, at);
  }
  chunkRows.remove(first, last);
  const damage = { firstSeq: first, count: last - first + 1, source: "", at, reason };
  damages.note(damage);
  state.own.measure();
  const waiting = state.positions.active().some(({ position }) => position < last);
  const lost = bookLost(state);
  if (waiting) expectAgain(state, lost, [{ first, last }], at);
  return damage;
}

/** Books what is not there any more as lost. Gives back what the outputs of the configuration lost. */
export function bookLost(state: State): DayCounts {
  const { books, positions } = state;
  const lost: DayCounts = new Map();
  for (const { name, abandoned } of positions.all()) {
    const missing = books.missing(name, waitingFor(state, name));
    books.give(name, "lost", missing);
    if (abandoned === 0) for (const { source, day, count } of missing) countDay(lost, source, day, count);
  }
  return lost;
}

/**
 * Lets the ledger forget damaged records, so that the next read of their days brings them back, and says
 * which days those are.
 */
export function expectAgain(
  state: State,
  lost: DayCounts,
  ranges: readonly { readonly first: number; readonly last: number }[],
  at: number,
): void {
  for (const { first, last } of ranges) state.ledger.forget(first, last);
  // Nobody can be asked for a day that cannot be: they come again whenever the source shows them.
  const days = [...lost.values()].filter(({ day }) => day !== misdatedDay);
  expectDays(state, days, damagedHere, at);
}
