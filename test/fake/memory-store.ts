import { expect } from "vitest";
import type { About } from "../../src/own/own-fact.ts";
import { ownSource } from "../../src/own/own-origin.ts";
import { ownRecord } from "../../src/own/own-record.ts";
import type { Cursor, Gap, ReadDone } from "../../src/record/reading.ts";
import type { SpooledRecord } from "../../src/record/record.ts";
import type { StoredFile } from "../../src/record/stored-file.ts";
import type { Archives, PlannedBatch } from "../../src/spool/archives.ts";
import { decodeChunk, type EncodedChunk } from "../../src/spool/chunk/chunk-codec.ts";
import type { NewChunk } from "../../src/spool/chunk/chunk-draft.ts";
import { NewRecords } from "../../src/spool/chunk/new-records.ts";
import type { Replays } from "../../src/spool/replays.ts";
import type {
  DeadLetter,
  LetterFilter,
  Limit,
  Settlement,
  SideCause,
  SideEntry,
  Standing,
  Stretch,
} from "../../src/spool/spool.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import type { BookRow } from "../../src/spool/spool-state.ts";
import { inMemory } from "../../src/spool/sqlite/database.ts";
import { scratchRoom } from "../../src/spool/sqlite/scratch.ts";
import type { FetchCounts, KnownPiece, LedgerDelta, LedgerEnd, Store } from "../../src/spool/store.ts";
import { type Instant, instantOfMs, msOfInstant } from "../../src/time/clock.ts";

interface Letter {
  readonly output: string;
  readonly letter: DeadLetter;
}

const nothing = { delivered: 0, filtered: 0, dead: 0, dropped: 0, resent: 0 };

interface Durable {
  records: SpooledRecord[];
  cursors: Map<string, Cursor>;
  known: Map<string, KnownPiece[]>;
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
  settled: Map<string, typeof nothing>;
  positions: Map<string, number>;
  dead: Letter[];
  side: Map<string, SideEntry[]>;
  stretches: Map<string, Stretch>;
  lastId: number;
  /** Outputs and sources that wait for a person, and why. This store tells of none of them. */
  holds: Map<string, string>;
  /** When the last heartbeat of an output was made, epoch milliseconds. */
  beats: Map<string, number>;
  plans: Map<string, PlannedBatch>;
  files: Map<string, readonly StoredFile[]>;
  watermarks: Map<string, { watermark?: number; lastSuccess: number; gaps: Gap[] }>;
}

/**
 * A spool in memory that knows the difference between written and durable: `lose()` is what a power cut
 * leaves. With `durability: "none"` nothing survives it, which is how a spool without fsync behaves. Faults
 * are played on demand.
 */
export class MemoryStore implements Store {
  /** `full`: the next appends fail as on a full disk. `io`: the next commit fails. */
  fault: "none" | "full" | "io" = "none";
  readonly durability: "every_call" | "none";
  /** This store has none. */
  readonly replays: Replays = {
    of: () => undefined,
    plan: () => expect.unreachable("this store has no replays"),
    cancel: () => false,
    available: () => ({ records: 0, gone: 0, goneDays: 0, goneOf: [] }),
    readFor: () => undefined,
    taken: () => [],
    shown: () => [],
  };
  readonly archives: Archives = {
    plan: (output, planned) => this.#commit((next) => void next.plans.set(output, planned)),
    stored: (output, day) =>
      (this.#now.files.get(output) ?? []).filter((file) => file.day === day).map(({ name }) => name),
    unattested: (output) => ({ days: [], files: this.#now.files.get(output) ?? [], gaps: [], letters: [] }),
    head: () => undefined,
    unnamed: () => undefined,
    attested: () => expect.unreachable("this store has no chain"),
  };
  /** Room, in numbers. */
  mostSuspects = 1000;
  mostLetters = Number.POSITIVE_INFINITY;
  readonly #heartbeats: ReadonlyMap<string, number>;
  #outputs: readonly string[];
  #now: Durable;
  #disk: Durable;

  constructor(
    outputs: readonly string[],
    options: { durability?: "every_call" | "none"; heartbeats?: ReadonlyMap<string, number> } = {},
  ) {
    this.#outputs = outputs;
    this.#heartbeats = options.heartbeats ?? new Map();
    this.durability = options.durability ?? "every_call";
    this.#now = {
      records: [],
      cursors: new Map(),
      known: new Map(),
      books: new Map(),
      settled: new Map(),
      positions: new Map(outputs.map((output) => [output, 0])),
      dead: [],
      side: new Map(),
      stretches: new Map(),
      lastId: 0,
      holds: new Map(),
      beats: new Map(),
      plans: new Map(),
      files: new Map(),
      watermarks: new Map(),
    };
    this.#disk = copy(this.#now);
  }

  /**
   * Another configuration: a new output begins at the first record, one that comes back goes on where it was.
   */
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

  /** Nobody asks it for a backfill, and it forgets nothing. */
  showing(): void {}

  backfill() {
    return undefined;
  }

  sweep() {
    return undefined;
  }

  witnessed() {
    return [];
  }

  closedDays() {
    return new Map();
  }

  keptOf(): number {
    return 0;
  }

  finishStep(): never {
    throw new Error("nobody asked for a backfill");
  }

  planBackfill(): never {
    throw new Error("it has no backfills");
  }

  cancelBackfill() {
    return false;
  }

  forgotten() {
    return { days: 0, records: 0 };
  }

  cursor(source: string) {
    return this.#now.cursors.get(source);
  }

  stateId() {
    return "0".repeat(32);
  }

  scratch(blockBytes: number) {
    return scratchRoom(inMemory, () => {}).make(blockBytes);
  }

  known(instance: string, day: number) {
    return this.#now.known.get(`${instance} ${day}`) ?? [];
  }

  append(source: string, records: NewRecords, ledger: LedgerDelta, observed: Instant): void {
    if (this.fault === "full") throw new SpoolError("full", "the disk is full", "make room");
    this.#commit((next) => {
      const first = next.records.length + 1;
      for (const record of decoded(records.chunks, first, source, observed)) {
        next.records.push(record);
        const row = bookRow(next, source, record.day);
        row.new++;
        if (record.late) row.late++;
        if (record.fault !== undefined) row.unparseable++;
      }
      learn(next, "known", ledger.instance, ledger.known);
      learn(next, "names", ledger.instance, ledger.renamed ?? new Map());
      addCounts(next, source, ledger.counts);
    });
  }

  finishWindow(source: string, done: ReadDone, ledger: LedgerEnd, at: number): void {
    this.#commit((next) => {
      next.cursors.set(source, done.next);
      if (done.troubled !== true) next.holds.delete(`source ${source}`);
      addCounts(next, source, ledger.counts);
      learn(next, "names", ledger.instance, ledger.renamed);
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

  chunk(after: number): EncodedChunk | undefined {
    const [first] = this.read(after, { events: 1, bytes: 1 });
    if (first === undefined) return undefined;
    const { seq: firstSeq, source, observed } = first;
    const rest = this.#now.records.slice(after);
    const other = rest.findIndex((record) => record.source !== source || record.observed !== observed);
    const together = other === -1 ? rest : rest.slice(0, other);
    const records = new NewRecords();
    for (const { uid, bytes, ...record } of together)
      records.add({
        ...record,
        uid: Buffer.from(uid, "hex").toString("latin1"),
        bytes: Buffer.from(bytes),
      });
    const [chunk] = records.chunks as [NewChunk];
    return { firstSeq, count: chunk.count, source, observed, bytes: new Uint8Array(chunk.bytes) };
  }

  standing(output: string): Standing {
    const own = this.#side(output);
    const stretch = this.#now.stretches.get(output);
    const planned = this.#now.plans.get(output);
    return {
      position: this.#position(output),
      lastId: own.at(-1)?.id ?? 0,
      suspects: own.filter(({ cause }) => cause === "suspect").length,
      retried: own.filter(({ cause }) => cause === "retry").length,
      heartbeats: own.filter(({ cause }) => cause === "heartbeat").length,
      ...(stretch === undefined ? {} : { stretch }),
      ...(planned === undefined ? {} : { planned }),
      sideFull: own.length >= this.mostSuspects,
      lettersFull: this.#now.dead.filter((letter) => letter.output === output).length >= this.mostLetters,
    };
  }

  readAgain(output: string, after: number, limit: Limit) {
    const gone = new Set([
      ...this.#now.dead.filter((each) => each.output === output).map(({ letter }) => letter.record.seq),
      ...this.#side(output).map(({ record }) => record.seq),
    ]);
    const left = this.read(after, { events: 1e9, bytes: 1e12 }).filter(({ seq }) => !gone.has(seq));
    return left.slice(0, limit.events);
  }

  side(output: string, cause: SideCause, after: number, limit: Limit) {
    return this.#side(output)
      .filter((entry) => entry.cause === cause && entry.id > after)
      .slice(0, limit.events);
  }

  /** Nothing waits, and nobody asks from another thread. */
  giveWay(): void {}
  async letTake(): Promise<void> {}

  async settleSoon(output: string, settlement: Settlement): Promise<void> {
    this.settle(output, settlement);
  }

  settle(output: string, settlement: Settlement): void {
    const { through, counts, dead, suspects, done, stretch, files = [] } = settlement;
    const before = this.#position(output);
    if (through < before || through > this.head()) throw new Error("a position moved back or past the head");
    const settled = counts.reduce((sum, row) => sum + row.delivered + row.filtered + row.dead, 0);
    if (settled + suspects.length !== through - before + done.length)
      throw new Error(`counts of ${settled} records do not cover ${before + 1} to ${through} of ${output}`);
    this.#commit((next) => {
      next.positions.set(output, through);
      if ((next.plans.get(output)?.through ?? Number.POSITIVE_INFINITY) <= through) next.plans.delete(output);
      const stored = next.files.get(output) ?? [];
      const fresh = files.filter(({ name }) => stored.every((file) => file.name !== name));
      next.files.set(output, [...stored, ...fresh]);
      const own = (next.side.get(output) ?? []).filter(({ id }) => !done.includes(id));
      for (const letter of suspects) own.push({ ...letter, id: ++next.lastId, cause: "suspect" });
      next.side.set(output, own);
      for (const row of counts) count(next, output, row);
      if (counts.some(({ delivered, resent }) => delivered + resent > 0))
        next.holds.delete(`output ${output}`);
      for (const letter of dead) next.dead.push({ output, letter });
      const open = next.stretches.get(output);
      if (stretch === undefined || open === undefined) return;
      if (stretch.nextSeq > open.through) next.stretches.delete(output);
      else next.stretches.set(output, { ...open, nextSeq: stretch.nextSeq });
    });
  }

  /** Everything that was ever delivered: this store remembers no times. */
  resend(output: string): number {
    const through = this.#position(output);
    if (through === 0) return 0;
    const before = this.#now.stretches.get(output);
    this.#commit((next) => {
      next.stretches.set(output, { id: ++next.lastId, cause: "replay_window", nextSeq: 1, through });
    });
    return through - (before === undefined ? 0 : before.through - before.nextSeq + 1);
  }

  hold({ output, source }: About, reason: string | undefined): void {
    const key = output === "" ? `source ${source}` : `output ${output}`;
    if (this.#now.holds.has(key) === (reason !== undefined)) return;
    this.#commit((next) => {
      if (reason === undefined) next.holds.delete(key);
      else next.holds.set(key, reason);
    });
  }

  shrank(): void {}

  /** What waits for a person, by `output NAME` or `source NAME`. */
  get holds(): ReadonlyMap<string, string> {
    return this.#now.holds;
  }

  answerPlace() {
    return false;
  }

  look(): void {}

  instanceChange() {
    return undefined;
  }

  startOver() {
    return false;
  }

  backlog(output: string) {
    const own = this.#side(output);
    const waiting = [...this.#now.records.slice(this.#position(output)), ...own.map(({ record }) => record)];
    const suspects = own.filter(({ cause }) => cause === "suspect").length;
    const times = waiting.map(({ observed }) => msOfInstant(observed));
    const counts = { events: waiting.length, suspects };
    return times.length === 0 ? counts : { ...counts, oldestObserved: Math.min(...times) };
  }

  waiting() {
    const last = Math.min(this.head(), ...this.#outputs.map((output) => this.#position(output)));
    const beside = this.#outputs.flatMap((output) => this.#side(output).map(({ record }) => record.seq));
    return this.head() - last + new Set(beside.filter((seq) => seq <= last)).size;
  }

  head() {
    return this.#now.records.length;
  }

  books(): readonly BookRow[] {
    return this.#outputs.flatMap((output) =>
      [...this.#now.books.values()].map((row) => {
        const settled = this.#now.settled.get(`${output} ${row.source} ${row.day}`) ?? nothing;
        const waiting = [
          ...this.#now.records.slice(this.#position(output)),
          ...this.#side(output).map(({ record }) => record),
        ];
        const pending = waiting.filter(({ source, day }) => source === row.source && day === row.day).length;
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
      const sum = (key: keyof typeof nothing) => rows.reduce((total, row) => total + row[key], 0);
      return {
        output,
        position: this.#position(output),
        delivered: sum("delivered"),
        filtered: sum("filtered"),
        dead: sum("dead"),
        dropped: sum("dropped"),
        resent: sum("resent"),
        letters: { bytes: 0, maxBytes: Number.MAX_SAFE_INTEGER },
        backlog: this.backlog(output),
        abandoned: false,
      };
    });
  }

  deadLetters(filter: LetterFilter, limit: number) {
    return this.#now.dead
      .filter((each) => fits(each, filter))
      .slice(0, limit)
      .map(({ output, letter: { record, reason, detail, at } }) => {
        const { seq, uid, source, day, bytes } = record;
        return { output, seq, uid, source, day, bytes, reason, detail, at };
      });
  }

  retryDeadLetters(filter: LetterFilter) {
    return this.#take(filter, (next, { output, letter }) => {
      const own = next.side.get(output) ?? [];
      next.side.set(output, [...own, { ...letter, id: ++next.lastId, cause: "retry" }]);
    });
  }

  dropDeadLetters(filter: LetterFilter) {
    return this.#take(filter, (next, { output, letter: { record } }) =>
      count(next, output, { source: record.source, day: record.day, dropped: 1 }),
    );
  }

  prune() {
    return 0;
  }

  /** Heartbeats are all that it tells of itself. */
  tellDue(at: number): void {
    for (const [output, every] of this.#heartbeats) {
      const { heartbeats } = this.standing(output);
      if (heartbeats > 0 || at < (this.#now.beats.get(output) ?? 0) + every) continue;
      const fact = {
        action: "heartbeat",
        output,
        backlog: this.backlog(output).events,
        lag_seconds: 0,
      } as const;
      const made = ownRecord({ ...fact, sources: [] }, { stateId: this.stateId(), seq: -at, at, untold: 0 });
      const { day, bytes, late } = made;
      const uid = Buffer.from(made.uid, "latin1").toString("hex");
      const record = { seq: -at, source: ownSource, uid, day, bytes, late, observed: instantOfMs(at) };
      this.#commit((next) => {
        const row = bookRow(next, ownSource, day);
        row.fetched++;
        row.new++;
        const beat = { record, reason: "heartbeat", detail: "", at, id: ++next.lastId } as const;
        next.side.set(output, [...(next.side.get(output) ?? []), { ...beat, cause: "heartbeat" }]);
        for (const other of next.positions.keys())
          if (other !== output) count(next, other, { source: ownSource, day, filtered: 1 });
        next.beats.set(output, at);
      });
    }
  }

  usage() {
    const bytes = this.#now.records.reduce((sum, record) => sum + record.bytes.length, 0);
    return { bytes, maxBytes: Number.MAX_SAFE_INTEGER, full: this.fault === "full", diskFull: false };
  }

  damage() {
    return [];
  }

  replaced() {
    return [];
  }

  #position(output: string) {
    return this.#now.positions.get(output) ?? 0;
  }

  #side(output: string) {
    return this.#now.side.get(output) ?? [];
  }

  #take(filter: LetterFilter, become: (next: Durable, letter: Letter) => void): number {
    const taken = this.#now.dead.filter((each) => fits(each, filter));
    this.#commit((next) => {
      next.dead = next.dead.filter((each) => !taken.includes(each));
      for (const each of taken) {
        const { source, day } = each.letter.record;
        count(next, each.output, { source, day, dead: -1 });
        become(next, each);
      }
    });
    return taken.length;
  }

  close(): void {}
}

function fits({ output, letter: { record, reason, at } }: Letter, filter: LetterFilter): boolean {
  return (
    (filter.output ?? output) === output &&
    (filter.reason ?? reason) === reason &&
    (filter.day ?? record.day) === record.day &&
    (filter.uid ?? record.uid) === record.uid &&
    (filter.before === undefined || at < filter.before)
  );
}

function count(
  next: Durable,
  output: string,
  { source, day, ...more }: { source: string; day: number } & Partial<typeof nothing>,
): void {
  const key = `${output} ${source} ${day}`;
  const sum = { ...(next.settled.get(key) ?? nothing) };
  for (const column of Object.keys(nothing) as (keyof typeof nothing)[]) sum[column] += more[column] ?? 0;
  next.settled.set(key, sum);
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
    known: new Map(state.known),
    books: new Map([...state.books].map(([key, row]) => [key, { ...row }])),
    settled: new Map(state.settled),
    positions: new Map(state.positions),
    dead: [...state.dead],
    side: new Map([...state.side].map(([output, own]) => [output, [...own]])),
    stretches: new Map(state.stretches),
    lastId: state.lastId,
    holds: new Map(state.holds),
    beats: new Map(state.beats),
    plans: new Map(state.plans),
    files: new Map(state.files),
    watermarks: new Map(state.watermarks),
  };
}

function learn(
  state: Durable,
  form: "known" | "names",
  instance: string,
  learned: ReadonlyMap<number, Buffer>,
): void {
  for (const [day, bytes] of learned) {
    const key = `${instance} ${day}`;
    state.known.set(key, [...(state.known.get(key) ?? []), { form, bytes: Buffer.from(bytes) }]);
  }
}

function decoded(
  chunks: readonly NewChunk[],
  first: number,
  source: string,
  observed: Instant,
): SpooledRecord[] {
  let firstSeq = first;
  return chunks.flatMap(({ count, bytes }) => {
    const { record } = decodeChunk({ firstSeq, count, source, observed, bytes: new Uint8Array(bytes) });
    firstSeq += count;
    return Array.from({ length: count }, (_, at) => record(firstSeq - count + at));
  });
}
