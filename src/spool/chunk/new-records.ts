import type { EntryRows } from "../../record/entry-rows.ts";
import { memoryOf } from "../../record/memory-view.ts";
import type { NewRecord } from "../../record/record.ts";
import { type Instant, msOfInstant } from "../../time/clock.ts";
import type { LatenessCounts, LatenessTally } from "../lateness.ts";
import { misdatedDay } from "../spool-state.ts";
import { ActiveUsers } from "./active-users.ts";
import { recordHeadBytes, startChunk, writeRecord, writeRows } from "./chunk-codec.ts";

/** Records of so many bytes fill a chunk. */
const chunkBytes = 1280 * 1024;
/** And so many records: where one is missing in a chunk, all of it is looked at. */
const chunkRecords = 8192;
/** What a chunk's memory begins with: most polls bring little. */
const firstBytes = 32 * 1024;
const nothing = Buffer.alloc(0);
const secondsPerDay = 86_400;

/** New records of one UTC day of the books. */
export interface NewOfDay {
  new: number;
  late: number;
  unparseable: number;
}

/** Neighbours among new records as `chunk-codec.ts` has them, and how many are of each UTC day. */
export interface NewChunk {
  readonly count: number;
  /** Used again when the records were kept. */
  readonly bytes: Buffer;
  readonly days: ReadonlyMap<number, number>;
}

/**
 * Records that the ledger did not know, on their way to be kept. Each is written at once where it will lie,
 * so that nothing is left of it but its bytes, whatever came with it.
 */
export class NewRecords {
  count = 0;
  /** Of the records themselves. */
  bytes = 0;
  /** The time of the newest event that can be one, epoch milliseconds. */
  newest: number | undefined;
  readonly days = new Map<number, NewOfDay>();
  /** Who was active, by the entries among them that can be dated. */
  readonly active = new ActiveUsers();
  readonly #drafts: Draft[] = [];
  readonly #tally: LatenessTally | undefined;
  /** Neighbours are of one day. */
  #lastDay = Number.NaN;
  #last: NewOfDay | undefined;

  /** `tally` is told when each of them happened; it begins anew with them. */
  constructor(tally?: LatenessTally) {
    this.#tally = tally;
  }

  /** Throws where the uid is not 16 bytes. */
  add({ uid, day, late, fault, bytes, time, entry }: NewRecord): void {
    const why = fault === undefined ? nothing : Buffer.from(fault);
    const { length, byteOffset } = bytes;
    this.#write(uid, day, late, why, memoryOf(bytes), byteOffset, byteOffset + length);
    const ofDay = this.#ofDay(day);
    ofDay.new++;
    if (late) ofDay.late++;
    if (fault !== undefined) ofDay.unparseable++;
    if (time === undefined || day === misdatedDay) return;
    this.#happened(msOfInstant(time));
    if (entry === undefined) return;
    this.active.see(entry.bytes, entry.spans, entry.base, day, time.seconds - day * secondsPerDay);
  }

  /**
   * Rows, from one up to another, that lie in the kernel with their uids, see `EntryRows`; `day` and `late`
   * are so of all.
   */
  addRows(rows: EntryRows, from: number, to: number, day: number, late: boolean): void {
    for (let at = from; at < to; ) {
      const draft = this.#draftFor(rows.lengthOf(at));
      const end = draft.fitting(rows, at, to);
      this.bytes += draft.writeRows(rows, at, end, day, late);
      at = end;
    }
    const count = to - from;
    this.count += count;
    const ofDay = this.#ofDay(day);
    ofDay.new += count;
    if (late) ofDay.late += count;
    if (day === misdatedDay) return;
    const { bytes, spans, bases, times } = rows;
    for (let at = from; at < to; at += 1) {
      const time = times[at] as Instant;
      this.#happened(msOfInstant(time));
      this.active.see(bytes, spans, bases[at] as number, day, time.seconds - day * secondsPerDay);
    }
  }

  /** How late they came, as far as that says something. */
  get lateness(): LatenessCounts | undefined {
    return this.#tally?.counted;
  }

  get chunks(): readonly NewChunk[] {
    return this.#drafts.filter(({ count }) => count > 0);
  }

  /** Begins anew, in the memory of the first chunk. */
  clear(): void {
    this.count = 0;
    this.bytes = 0;
    this.newest = undefined;
    this.days.clear();
    this.#last = undefined;
    this.#tally?.clear();
    this.active.clear();
    this.#drafts.length = Math.min(this.#drafts.length, 1);
    this.#drafts[0]?.clear();
  }

  #happened(ms: number): void {
    if (this.newest === undefined || ms > this.newest) this.newest = ms;
    this.#tally?.note(ms);
  }

  #write(
    uid: string,
    day: number,
    late: boolean,
    fault: Buffer,
    memory: DataView,
    start: number,
    end: number,
  ): void {
    const length = end - start;
    this.#draftFor(length).write(uid, day, late, fault, memory, start, end);
    this.count++;
    this.bytes += length;
  }

  /** The last one, or a new one where that has no room for a record of so many bytes. */
  #draftFor(length: number): Draft {
    const last = this.#drafts.at(-1);
    if (last?.takes(length)) return last;
    const draft = new Draft();
    this.#drafts.push(draft);
    return draft;
  }

  #ofDay(day: number): NewOfDay {
    if (day === this.#lastDay && this.#last !== undefined) return this.#last;
    const found = this.days.get(day) ?? { new: 0, late: 0, unparseable: 0 };
    this.days.set(day, found);
    this.#lastDay = day;
    this.#last = found;
    return found;
  }
}

class Draft implements NewChunk {
  count = 0;
  readonly #days = new Map<number, number>();
  /** Neighbours are of one day: how many are not in `#days` yet. */
  #lastDay = Number.NaN;
  #ofLastDay = 0;
  #memory = new DataView(new ArrayBuffer(firstBytes));
  #size = startChunk(this.#memory);
  #recordBytes = 0;

  get bytes(): Buffer {
    return Buffer.from(this.#memory.buffer, 0, this.#size);
  }

  get days(): ReadonlyMap<number, number> {
    this.#countLastDay();
    return this.#days;
  }

  takes(length: number): boolean {
    return this.count === 0 || (this.count < chunkRecords && this.#recordBytes + length <= chunkBytes);
  }

  write(
    uid: string,
    day: number,
    late: boolean,
    fault: Buffer,
    memory: DataView,
    start: number,
    end: number,
  ): void {
    this.#room(recordHeadBytes + fault.length + end - start);
    this.#size = writeRecord(this.#memory, this.#size, uid, day, late, fault, memory, start, end);
    this.#wrote(1, end - start, day);
  }

  /** How many rows it takes, of which the first has room: where they end. */
  fitting(rows: EntryRows, from: number, to: number): number {
    const end = Math.min(to, from + chunkRecords - this.count);
    let bytes = this.#recordBytes + rows.lengthOf(from);
    let at = from + 1;
    for (; at < end; at += 1) {
      bytes += rows.lengthOf(at);
      if (bytes > chunkBytes) break;
    }
    return at;
  }

  /** Gives back how many bytes these have. */
  writeRows(rows: EntryRows, from: number, to: number, day: number, late: boolean): number {
    let bytes = 0;
    for (let at = from; at < to; at += 1) bytes += rows.lengthOf(at);
    const count = to - from;
    this.#room(bytes + count * recordHeadBytes);
    this.#size = writeRows(this.#memory, this.#size, from, to, day, late);
    this.#wrote(count, bytes, day);
    return bytes;
  }

  clear(): void {
    this.count = 0;
    this.#ofLastDay = 0;
    this.#days.clear();
    this.#size = startChunk(this.#memory);
    this.#recordBytes = 0;
  }

  #wrote(count: number, bytes: number, day: number): void {
    this.#recordBytes += bytes;
    this.count += count;
    if (day !== this.#lastDay) this.#countLastDay();
    this.#lastDay = day;
    this.#ofLastDay += count;
  }

  #countLastDay(): void {
    if (this.#ofLastDay > 0)
      this.#days.set(this.#lastDay, (this.#days.get(this.#lastDay) ?? 0) + this.#ofLastDay);
    this.#ofLastDay = 0;
  }

  #room(more: number): void {
    const wanted = this.#size + more;
    if (wanted <= this.#memory.byteLength) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.#memory.byteLength));
    larger.set(this.bytes);
    this.#memory = new DataView(larger.buffer);
  }
}
