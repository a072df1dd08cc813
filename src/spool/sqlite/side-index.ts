import type { Limit, SideCause } from "../spool.ts";
import { countDay, type DayCounts } from "./day-count.ts";
import { rowBytes } from "./record-columns.ts";
import type { SideRow } from "./tables.ts";

/** So many suspects wait beside one output at most, and may take so many bytes: then its position stops. */
const mostSuspects = 1000;
const mostSuspectBytes = 64 * 1024 * 1024;

/** What is known of what waits, by output. */
export interface WhatWaits {
  /** Where they stand in the run. */
  seqs(output: string): number[];
  /** By source and UTC day. */
  pending(output: string): DayCounts;
  count(output: string, cause?: SideCause): number;
  /** When the oldest was first seen, epoch milliseconds. */
  oldestObserved(output: string): number | undefined;
  /** None that waits has a higher id; 0 when none does. */
  lastId(output: string): number;
  full(output: string): boolean;
  bytes(): number;
}

/**
 * What the side queues hold, without the records. Retried letters have no bound of their own: what is asked
 * for each send costs the same however many wait.
 */
export interface SideIndex extends WhatWaits {
  /** Nothing waits any more. Ids go on: who remembers one means the same record. */
  clear(): void;
  add(row: SideRow): void;
  /** Throws when it is not there. */
  remove(output: string, id: number): void;
  nextId(output: string): number;
  /** After the id `after`, oldest first; one at least, whatever its size. */
  idsWithin(output: string, cause: SideCause, after: number, limit: Limit): number[];
}

const sideCauses: readonly SideCause[] = ["suspect", "retry", "heartbeat"];

interface Known {
  readonly seq: number;
  readonly source: string;
  readonly day: number;
  readonly observedMs: number;
  readonly bytes: number;
}

/** What waits beside one output, by id, for each cause. */
class Queue {
  readonly #rows = {
    suspect: new Map<number, Known>(),
    retry: new Map<number, Known>(),
    heartbeat: new Map<number, Known>(),
  };
  readonly #bytes = { suspect: 0, retry: 0, heartbeat: 0 };

  add({ id, cause, seq, source, day, observedSeconds, observedNanos, bytes: record }: SideRow): void {
    const observedMs = observedSeconds * 1000 + Math.floor(observedNanos / 1_000_000);
    const bytes = record.length + rowBytes;
    this.#rows[cause].set(id, { seq, source, day, observedMs, bytes });
    this.#bytes[cause] += bytes;
  }

  remove(id: number): boolean {
    const cause = sideCauses.find((each) => this.#rows[each].has(id));
    const known = cause === undefined ? undefined : this.#rows[cause].get(id);
    if (cause === undefined || known === undefined) return false;
    this.#bytes[cause] -= known.bytes;
    return this.#rows[cause].delete(id);
  }

  *all(): Generator<Known, void> {
    for (const cause of sideCauses) yield* this.#rows[cause].values();
  }

  rows(cause: SideCause): ReadonlyMap<number, Known> {
    return this.#rows[cause];
  }

  bytes(cause: SideCause): number {
    return this.#bytes[cause];
  }
}

/** An empty index. */
export function sideIndex(): SideIndex {
  const queues = new Map<string, Queue>();
  const lastIds = new Map<string, number>();
  const none = new Queue();
  const of = (output: string) => queues.get(output) ?? none;
  const count = (output: string, cause?: SideCause): number =>
    cause === undefined
      ? sideCauses.reduce((sum, each) => sum + count(output, each), 0)
      : of(output).rows(cause).size;

  return {
    clear: () => queues.clear(),
    add(row) {
      const queue = queues.get(row.output) ?? new Queue();
      queues.set(row.output, queue);
      queue.add(row);
      lastIds.set(row.output, Math.max(lastIds.get(row.output) ?? 0, row.id));
    },
    remove(output, id) {
      if (!of(output).remove(id)) throw new Error(`nothing with the id ${id} waits beside ${output}`);
    },
    nextId: (output) => (lastIds.get(output) ?? 0) + 1,
    idsWithin: (output, cause, after, limit) => idsWithin(of(output).rows(cause), after, limit),
    seqs: (output) => Array.from(of(output).all(), ({ seq }) => seq),
    pending: (output) => countedByDay(of(output).all()),
    count,
    oldestObserved: (output) => oldestOf(of(output).all()),
    lastId: (output) => (count(output) === 0 ? 0 : (lastIds.get(output) ?? 0)),
    full: (output) =>
      count(output, "suspect") >= mostSuspects || of(output).bytes("suspect") >= mostSuspectBytes,
    bytes: () =>
      [...queues.values()].reduce(
        (sum, each) => sum + sideCauses.reduce((total, cause) => total + each.bytes(cause), 0),
        0,
      ),
  };
}

function oldestOf(rows: Iterable<Known>): number | undefined {
  let oldest: number | undefined;
  for (const { observedMs } of rows) oldest = Math.min(oldest ?? observedMs, observedMs);
  return oldest;
}

function countedByDay(rows: Iterable<Known>): DayCounts {
  const counts: DayCounts = new Map();
  for (const { source, day } of rows) countDay(counts, source, day, 1);
  return counts;
}

function idsWithin(rows: ReadonlyMap<number, Known>, after: number, limit: Limit): number[] {
  const found: number[] = [];
  let bytes = 0;
  for (const [id, each] of rows) {
    if (id <= after) continue;
    bytes += each.bytes - rowBytes;
    if (found.length > 0 && (found.length >= limit.events || bytes > limit.bytes)) break;
    found.push(id);
  }
  return found;
}
