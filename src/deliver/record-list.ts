import type { SpooledRecord, SpooledRecords } from "../record/record.ts";

/**
 * Records that a batch consists of. Keeps where each stretch of neighbours is to be had and what it is
 * counted by, and not the records themselves: with an object for each, which lives until the batch is
 * settled, the collector would be busier than whoever sends them.
 */
export class RecordList implements Iterable<SpooledRecord> {
  length = 0;
  // Of each stretch: its first record's index, where that is to be had, and what all of them are counted by.
  readonly #begins: number[] = [];
  readonly #lists: SpooledRecords[] = [];
  readonly #places: number[] = [];
  readonly #sources: string[] = [];
  readonly #days: number[] = [];
  /** The place behind the last record. */
  #next = 0;

  /** These, each of which is kept. */
  static of(records: readonly SpooledRecord[]): RecordList {
    const list = new RecordList();
    records.forEach((record, at) => {
      list.add(record, records, at);
    });
    return list;
  }

  /** `record` is the one at `place` of `records`. */
  add({ day, source }: SpooledRecord, records: SpooledRecords, place: number): void {
    const last = this.#begins.length - 1;
    const goesOn =
      place === this.#next &&
      this.#lists[last] === records &&
      this.#days[last] === day &&
      this.#sources[last] === source;
    if (!goesOn) {
      this.#begins.push(this.length);
      this.#lists.push(records);
      this.#places.push(place);
      this.#sources.push(source);
      this.#days.push(day);
    }
    this.#next = place + 1;
    this.length += 1;
  }

  /** The last one is the one at `place` of `records`. */
  endsWith(records: SpooledRecords, place: number): boolean {
    return this.#lists.at(-1) === records && this.#next === place + 1;
  }

  /** So many more that follow the last one where that is, of its source and day. */
  addNext(count: number): void {
    this.#next += count;
    this.length += count;
  }

  at(index: number): SpooledRecord {
    const stretch = this.#stretchOf(index);
    const place = (this.#places[stretch] as number) + index - (this.#begins[stretch] as number);
    return (this.#lists[stretch] as SpooledRecords).at(place) as SpooledRecord;
  }

  /** UTC day of one of them, days since the epoch. */
  day(index: number): number {
    return this.#days[this.#stretchOf(index)] as number;
  }

  source(index: number): string {
    return this.#sources[this.#stretchOf(index)] as string;
  }

  /** Tells of neighbours of one source and day together how many they are. */
  forEachStretch(tell: (source: string, day: number, count: number) => void): void {
    this.#begins.forEach((begin, stretch) => {
      const end = this.#begins[stretch + 1] ?? this.length;
      tell(this.#sources[stretch] as string, this.#days[stretch] as number, end - begin);
    });
  }

  *[Symbol.iterator](): Generator<SpooledRecord, void, undefined> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  #stretchOf(index: number): number {
    if (!(index >= 0 && index < this.length))
      throw new Error(`no record ${index} of ${this.length}: this is a bug`);
    return this.#begins.findLastIndex((begin) => begin <= index);
  }
}
