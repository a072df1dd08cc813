import type { EntryRows } from "../../record/entry-rows.ts";
import { memoryOf } from "../../record/memory-view.ts";
import type { NewRecord } from "../../record/record.ts";
import { type Instant, msOfInstant } from "../../time/clock.ts";
import type { LatenessCounts, LatenessTally } from "../lateness.ts";
import { misdatedDay } from "../spool-state.ts";
import { ActiveUsers } from "./active-users.ts";
import { ChunkDraft, type NewChunk } from "./chunk-draft.ts";

const nothing = Buffer.alloc(0);
const secondsPerDay = 86_400;

/** New records of one UTC day of the books. */
export interface NewOfDay {
  new: number;
  late: number;
  unparseable: number;
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
  readonly #drafts: ChunkDraft[] = [];
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
    this.#happened(msOfInstant(time), 1);
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
    for (let at = from; at < to; ) {
      const first = at;
      const time = times[at] as Instant;
      const second = time.seconds - day * secondsPerDay;
      // Neighbours share the second they happened in.
      for (; at < to && times[at] === time; at += 1)
        this.active.see(bytes, spans, bases[at] as number, day, second);
      this.#happened(msOfInstant(time), at - first);
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

  #happened(ms: number, records: number): void {
    if (this.newest === undefined || ms > this.newest) this.newest = ms;
    this.#tally?.note(ms, records);
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
  #draftFor(length: number): ChunkDraft {
    const last = this.#drafts.at(-1);
    if (last?.takes(length)) return last;
    const draft = new ChunkDraft();
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
