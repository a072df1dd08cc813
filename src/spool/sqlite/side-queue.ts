import type { DeadLetter, Limit, SideCause, SideEntry } from "../spool.ts";
import type { Database } from "./database.ts";
import { letterOf, recordColumns } from "./record-columns.ts";
import { sideIndex, type WhatWaits } from "./side-index.ts";
import type { Tables } from "./tables.ts";

/**
 * Records that wait beside the run of their output, all of them pending. Writes join the caller's
 * transaction.
 */
export interface SideQueue extends WhatWaits {
  /** Throws SpoolError `corrupt` when a row is not what was written. */
  load(): void;
  put(output: string, cause: SideCause, letters: readonly DeadLetter[]): void;
  /** Takes them out; throws when one is not there. */
  remove(output: string, ids: readonly number[]): void;
  list(output: string, cause: SideCause, after: number, limit: Limit): SideEntry[];
}

/** The side queues kept in `tables`; empty until `load`. */
export function sideQueue(db: Database, tables: Tables): SideQueue {
  const index = sideIndex();
  return {
    load() {
      index.clear();
      for (const row of tables.side.each("ORDER BY output, id")) index.add(row);
    },

    put(output, cause, letters) {
      for (const letter of letters) {
        const row = { output, id: index.nextId(output), cause, ...recordColumns(letter) };
        tables.side.put(row);
        index.add(row);
      }
    },

    remove(output, ids) {
      for (const id of ids) {
        index.remove(output, id);
        db.run("DELETE FROM side WHERE output = ? AND id = ?", output, id);
      }
    },

    list: (output, cause, after, limit) =>
      index
        .idsWithin(output, cause, after, limit)
        .flatMap((id) =>
          tables.side
            .rows("WHERE output = ? AND id = ?", output, id)
            .map((row) => ({ id, cause, ...letterOf(row) })),
        ),

    seqs: index.seqs,
    pending: index.pending,
    count: index.count,
    oldestObserved: index.oldestObserved,
    lastId: index.lastId,
    full: index.full,
    bytes: index.bytes,
  };
}
