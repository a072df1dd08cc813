import { memoryOf } from "../../record/memory-view.ts";
import type { NewRecord } from "../../record/record.ts";
import { msOfInstant } from "../../time/clock.ts";
import type { LatenessCounts, LatenessTally } from "../lateness.ts";
import { misdatedDay } from "../spool-state.ts";
import { ActiveUsers } from "./active-users.ts";
import { recordHeadBytes, startChunk, writeRecord } from "./chunk-codec.ts";

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
   * A dated entry, which stands in `memory` from `start` to `end`. `ms`: its time, epoch milliseconds.
   */
  addEntry(
    uid: string,
    day: number,
    late: boolean,
    ms: number,
    memory: DataView,
    start: number,
    end: number,
  ) {
    this.#write(uid, day, late, nothing, memory, start, end);
    const ofDay = this.#ofDay(day);
    ofDay.new++;
    if (late) ofDay.late++;
    if (day !== misdatedDay) this.#happened(ms);
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
    let draft = this.#drafts.at(-1);
    if (draft === undefined || !draft.takes(length)) {
      draft = new Draft();
      this.#drafts.push(draft);
    }
    draft.write(uid, day, late, fault, memory, start, end);
    this.count++;
    this.bytes += length;
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
    this.#room(fault.length + end - start);
    this.#size = writeRecord(this.#memory, this.#size, uid, day, late, fault, memory, start, end);
    this.#recordBytes += end - start;
    this.count++;
    if (day !== this.#lastDay) this.#countLastDay();
    this.#lastDay = day;
    this.#ofLastDay += 1;
  }

  clear(): void {
    this.count = 0;
    this.#ofLastDay = 0;
    this.#days.clear();
    this.#size = startChunk(this.#memory);
    this.#recordBytes = 0;
  }

  #countLastDay(): void {
    if (this.#ofLastDay > 0)
      this.#days.set(this.#lastDay, (this.#days.get(this.#lastDay) ?? 0) + this.#ofLastDay);
    this.#ofLastDay = 0;
  }

  #room(more: number): void {
    const wanted = this.#size + recordHeadBytes + more;
    if (wanted <= this.#memory.byteLength) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.#memory.byteLength));
    larger.set(this.bytes);
    this.#memory = new DataView(larger.buffer);
  }
}
