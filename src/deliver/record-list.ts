import type { SpooledRecord, SpooledRecords } from "../record/record.ts";

/**
 * Records that a batch consists of. Keeps where each is to be had and what it is counted by, and not the
 * records themselves: with an object for each, which lives until the batch is settled, the collector would be
 * busier than whoever sends them.
 */
export class RecordList implements Iterable<SpooledRecord> {
  readonly #days: number[] = [];
  readonly #places: number[] = [];
  /** Where the records are from, and how many there are in all up to the end of each. */
  readonly #lists: { readonly records: SpooledRecords; readonly source: string; end: number }[] = [];

  /** These, each of which is kept. */
  static of(records: readonly SpooledRecord[]): RecordList {
    const list = new RecordList();
    records.forEach((record, at) => {
      list.add(record, records, at);
    });
    return list;
  }

  get length(): number {
    return this.#days.length;
  }

  /** `record` is the one at `place` of `records`. */
  add({ day, source }: SpooledRecord, records: SpooledRecords, place: number): void {
    this.#days.push(day);
    this.#places.push(place);
    const last = this.#lists.at(-1);
    const end = this.length;
    if (last?.records === records && last.source === source) last.end = end;
    else this.#lists.push({ records, source, end });
  }

  at(index: number): SpooledRecord {
    return this.#listOf(index).records.at(this.#places[index] as number) as SpooledRecord;
  }

  /** UTC day of one of them, days since the epoch. */
  day(index: number): number {
    return this.#days[index] as number;
  }

  source(index: number): string {
    return this.#listOf(index).source;
  }

  *[Symbol.iterator](): Generator<SpooledRecord, void, undefined> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  #listOf(index: number) {
    const found = this.#lists.find(({ end }) => index < end);
    if (found === undefined) throw new Error(`no record ${index} of ${this.length}: this is a bug`);
    return found;
  }
}
