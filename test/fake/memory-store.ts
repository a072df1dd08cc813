import type { Cursor, Gap, ReadDone } from "../../src/record/reading.ts";
import type { NewRecord, SpooledRecord } from "../../src/record/record.ts";
import type { DeadLetter, Limit, SettledCounts } from "../../src/spool/spool.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import type { BookRow, StoredDeadLetter } from "../../src/spool/spool-state.ts";
import type { FetchCounts, LedgerDelta, Store } from "../../src/spool/store.ts";
import { type Instant, msOfInstant } from "../../src/time/clock.ts";

interface Durable {
  records: SpooledRecord[];
  cursors: Map<string, Cursor>;
  identities: Map<string, Buffer[]>;
  books: Map<
    string,
    {
      source: string;
      day: number;
      fetched: number;
      known: number;
      new: number;
      late: number;
      unparseable: number;
    }
  >;
  settled: Map<string, { delivered: number; filtered: number; dead: number }>;
  positions: Map<string, number>;
  dead: StoredDeadLetter[];
  watermarks: Map<string, { watermark?: number; lastSuccess: number; gaps: Gap[] }>;
}

/**
 * A spool in memory that knows the difference between written and durable: `lose()` is what a power cut leaves. With
 * `durability: "none"` nothing survives it, which is how a spool without fsync behaves. Faults are played on demand.
 */
export class MemoryStore implements Store {
  /** `full`: the next appends fail as on a full disk. `io`: the next commit fails. */
  fault: "none" | "full" | "io" = "none";
  readonly durability: "every_call" | "none";
  #outputs: readonly string[];
  #now: Durable;
  #disk: Durable;

  constructor(outputs: readonly string[], options: { durability?: "every_call" | "none" } = {}) {
    this.#outputs = outputs;
    this.durability = options.durability ?? "every_call";
    this.#now = {
      records: [],
      cursors: new Map(),
      identities: new Map(),
      books: new Map(),
      settled: new Map(),
      positions: new Map(outputs.map((output) => [output, 0])),
      dead: [],
      watermarks: new Map(),
    };
    this.#disk = copy(this.#now);
  }

  /** Another configuration: a new output begins at the first record, one that comes back goes on where it was. */
  configure(outputs: readonly string[]): void {
    this.#outputs = outputs;
    this.#commit((next) => {
      for (const output of outputs) if (!next.positions.has(output)) next.positions.set(output, 0);
    });
  }

  /** Power goes and comes back: only what was durable is there. */
  lose(): void {
    this.#now = copy(this.#disk);
  }

  #commit(change: (next: Durable) => void): void {
    if (this.fault === "io") throw new SpoolError("io", "the disk failed", "restart");
    const next = copy(this.#now);
    change(next);
    this.#now = next;
    if (this.durability === "every_call") this.#disk = copy(next);
  }

  owed() {
    return [];
  }

  cursor(source: string) {
    return this.#now.cursors.get(source);
  }

  identities(source: string, day: number) {
    return this.#now.identities.get(`${source} ${day}`) ?? [];
  }

  append(source: string, records: readonly NewRecord[], ledger: LedgerDelta, observed: Instant): void {
    if (this.fault === "full") throw new SpoolError("full", "the disk is full", "make room");
    this.#commit((next) => {
      for (const record of records) {
        const { time: _, ...kept } = record;
        next.records.push({ ...kept, seq: next.records.length + 1, source, observed });
        const row = bookRow(next, source, record.day);
        row.new++;
        if (record.late) row.late++;
        if (record.fault !== undefined) row.unparseable++;
      }
      for (const [day, identities] of ledger.identities) {
        const key = `${source} ${day}`;
        next.identities.set(key, [...(next.identities.get(key) ?? []), Buffer.from(identities)]);
      }
      addCounts(next, source, ledger.counts);
    });
  }

  finishWindow(source: string, done: ReadDone, counts: readonly FetchCounts[], at: number): void {
    this.#commit((next) => {
      next.cursors.set(source, done.next);
      addCounts(next, source, counts);
      const before = next.watermarks.get(source);
      const watermark = done.watermark ?? before?.watermark;
      next.watermarks.set(source, {
        ...(watermark === undefined ? {} : { watermark }),
        lastSuccess: at,
        gaps: [...(before?.gaps ?? []), ...done.gaps],
      });
    });
  }

  read(after: number, limit: Limit) {
    const found: SpooledRecord[] = [];
    let bytes = 0;
    for (const record of this.#now.records.slice(after, after + limit.events)) {
      bytes += record.bytes.length;
      if (found.length > 0 && bytes > limit.bytes) break;
      found.push(record);
    }
    return found;
  }

  position(output: string) {
    return this.#now.positions.get(output) ?? 0;
  }

  settle(
    output: string,
    through: number,
    counts: readonly SettledCounts[],
    dead: readonly DeadLetter[],
  ): void {
    if (through < this.position(output) || through > this.head())
      throw new Error("a position moved back or past the head");
    this.#commit((next) => {
      next.positions.set(output, through);
      for (const row of counts) {
        const key = `${output} ${row.source} ${row.day}`;
        const sum = next.settled.get(key) ?? { delivered: 0, filtered: 0, dead: 0 };
        next.settled.set(key, {
          delivered: sum.delivered + row.delivered,
          filtered: sum.filtered + row.filtered,
          dead: sum.dead + row.dead,
        });
      }
      for (const { record, reason, detail, at } of dead) {
        const { seq, uid, source, day, bytes } = record;
        next.dead.push({ output, seq, uid, source, day, bytes, reason, detail, at });
      }
    });
  }

  backlog(output: string) {
    const oldest = this.#now.records[this.position(output)];
    const events = this.head() - this.position(output);
    return oldest === undefined ? { events } : { events, oldestObserved: msOfInstant(oldest.observed) };
  }

  head() {
    return this.#now.records.length;
  }

  books(): readonly BookRow[] {
    return this.#outputs.flatMap((output) =>
      [...this.#now.books.values()].map((row) => {
        const settled = this.#now.settled.get(`${output} ${row.source} ${row.day}`) ?? {
          delivered: 0,
          filtered: 0,
          dead: 0,
        };
        const pending = this.#now.records
          .slice(this.position(output))
          .filter((record) => record.source === row.source && record.day === row.day).length;
        return { ...row, output, ...settled, skipped: 0, lost: 0, pending };
      }),
    );
  }

  sources() {
    return [...this.#now.watermarks].map(([source, state]) => {
      const cursor = this.#now.cursors.get(source);
      return { source, ...state, ...(cursor === undefined ? {} : { cursor }) };
    });
  }

  outputs() {
    return this.#outputs.map((output) => {
      const rows = this.books().filter((row) => row.output === output);
      const sum = (key: "delivered" | "filtered" | "dead") =>
        rows.reduce((total, row) => total + row[key], 0);
      return {
        output,
        position: this.position(output),
        delivered: sum("delivered"),
        filtered: sum("filtered"),
        dead: sum("dead"),
        backlog: this.backlog(output),
        abandoned: false,
      };
    });
  }

  deadLetters(output: string, limit: number) {
    return this.#now.dead.filter((letter) => letter.output === output).slice(0, limit);
  }

  prune() {
    return 0;
  }

  usage() {
    const bytes = this.#now.records.reduce((sum, record) => sum + record.bytes.length, 0);
    return { bytes, maxBytes: Number.MAX_SAFE_INTEGER, full: this.fault === "full", diskFull: false };
  }

  damage() {
    return [];
  }

  close(): void {}
}

function bookRow(state: Durable, source: string, day: number) {
  const key = `${source} ${day}`;
  const row = state.books.get(key) ?? { source, day, fetched: 0, known: 0, new: 0, late: 0, unparseable: 0 };
  state.books.set(key, row);
  return row;
}

function addCounts(state: Durable, source: string, counts: readonly FetchCounts[]): void {
  for (const { day, fetched, known } of counts) {
    const row = bookRow(state, source, day);
    row.fetched += fetched;
    row.known += known;
  }
}

function copy(state: Durable): Durable {
  return {
    records: [...state.records],
    cursors: new Map(state.cursors),
    identities: new Map(state.identities),
    books: new Map([...state.books].map(([key, row]) => [key, { ...row }])),
    settled: new Map(state.settled),
    positions: new Map(state.positions),
    dead: [...state.dead],
    watermarks: new Map(state.watermarks),
  };
}
