import type { DeadLetter, Limit, SideCause, SideEntry } from "../spool.ts";
import type { Database } from "./database.ts";
import { countDay, type DayCounts } from "./day-count.ts";
import { letterOf, recordColumns, rowBytes } from "./record-columns.ts";
import type { SideRow, Tables } from "./tables.ts";

/** So many suspects wait beside one output at most, and may take so many bytes: then its position stops. */
const mostSuspects = 1000;
const mostSuspectBytes = 64 * 1024 * 1024;

/**
 * Records that wait beside the run of their output, all of them pending. Writes join the caller's
 * transaction.
 */
export interface SideQueue {
  /** Throws SpoolError `corrupt` when a row is not what was written. */
  load(): void;
  put(output: string, cause: SideCause, letters: readonly DeadLetter[]): void;
  /** Takes them out; throws when one is not there. */
  remove(output: string, ids: readonly number[]): void;
  list(output: string, cause: SideCause, after: number, limit: Limit): SideEntry[];
  /** Where they stand in the run. */
  seqs(output: string): number[];
  /** By source and UTC day. */
  pending(output: string): DayCounts;
  count(output: string, cause?: SideCause): number;
  /** When the oldest was first seen, epoch milliseconds. */
  oldestObserved(output: string): number | undefined;
  /** 0 when it is empty. */
  lastId(output: string): number;
  full(output: string): boolean;
  bytes(): number;
}

/** What is known of a row without its record. */
interface Known {
  readonly cause: SideCause;
  readonly seq: number;
  readonly source: string;
  readonly day: number;
  readonly observedMs: number;
  readonly bytes: number;
}

/** The side queues kept in `tables`; empty until `load`. */
export function sideQueue(db: Database, tables: Tables): SideQueue {
  const queues = new Map<string, Map<number, Known>>();
  /** Ids are never used twice in one life: who remembers one means the same record. */
  const lastIds = new Map<string, number>();

  function remember(row: SideRow): void {
    const { output, id, cause, seq, source, day, observedSeconds, observedNanos, bytes } = row;
    let queue = queues.get(output);
    if (queue === undefined) {
      queue = new Map();
      queues.set(output, queue);
    }
    const observedMs = observedSeconds * 1000 + Math.floor(observedNanos / 1_000_000);
    queue.set(id, { cause, seq, source, day, observedMs, bytes: bytes.length + rowBytes });
    lastIds.set(output, Math.max(lastIds.get(output) ?? 0, id));
  }

  const known = (output: string) => [...(queues.get(output)?.values() ?? [])];
  const ofCause = (output: string, cause: SideCause) => known(output).filter((each) => each.cause === cause);
  const bytesOf = (each: readonly Known[]) => each.reduce((sum, { bytes }) => sum + bytes, 0);

  return {
    load() {
      queues.clear();
      for (const row of tables.side.rows("ORDER BY output, id")) remember(row);
    },

    put(output, cause, letters) {
      for (const letter of letters) {
        const row = { output, id: (lastIds.get(output) ?? 0) + 1, cause, ...recordColumns(letter) };
        tables.side.put(row);
        remember(row);
      }
    },

    remove(output, ids) {
      const queue = queues.get(output);
      for (const id of ids) {
        if (queue?.delete(id) !== true) throw new Error(`nothing with the id ${id} waits beside ${output}`);
        db.run("DELETE FROM side WHERE output = ? AND id = ?", output, id);
      }
    },

    list: (output, cause, after, limit) =>
      idsWithin(queues.get(output) ?? [], cause, after, limit).flatMap((id) =>
        tables.side
          .rows("WHERE output = ? AND id = ?", output, id)
          .map((row) => ({ id, cause, ...letterOf(row) })),
      ),

    seqs: (output) => known(output).map(({ seq }) => seq),
    pending: (output) => countedByDay(known(output)),

    count: (output, cause) => (cause === undefined ? known(output) : ofCause(output, cause)).length,

    oldestObserved(output) {
      const times = known(output).map(({ observedMs }) => observedMs);
      return times.length === 0 ? undefined : Math.min(...times);
    },

    lastId: (output) => Math.max(0, ...(queues.get(output)?.keys() ?? [])),

    full(output) {
      const suspects = ofCause(output, "suspect");
      return suspects.length >= mostSuspects || bytesOf(suspects) >= mostSuspectBytes;
    },

    bytes: () => [...queues.keys()].reduce((sum, output) => sum + bytesOf(known(output)), 0),
  };
}

function countedByDay(rows: readonly Known[]): DayCounts {
  const counts: DayCounts = new Map();
  for (const { source, day } of rows) countDay(counts, source, day, 1);
  return counts;
}

function idsWithin(
  queue: Iterable<[id: number, known: Known]>,
  cause: SideCause,
  after: number,
  limit: Limit,
): number[] {
  const found: number[] = [];
  let bytes = 0;
  for (const [id, each] of queue) {
    if (id <= after || each.cause !== cause) continue;
    bytes += each.bytes - rowBytes;
    if (found.length > 0 && (found.length >= limit.events || bytes > limit.bytes)) break;
    found.push(id);
  }
  return found;
}
