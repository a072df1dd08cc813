/** Among so few each is put in its place: that takes less than a table. */
const few = 16;
/** A double holds whole numbers up to here. */
const mostExact = 2 ** 53;
const lastLatin = 0xff;
/** Numbers for each member. */
const stride = 4;

/**
 * The members of objects that are open inside each other, put in order by the UTF-16 units of their keys. The
 * units of all keys stand one behind the other, and nothing is made for a member: there may be one in every
 * five bytes, each with a key of its own.
 */
export class KeyOrder {
  readonly units: Uint16Array;
  /** Behind the last key's units. */
  size = 0;
  /** How many members there are. */
  members = 0;
  /** For each member where its key's units begin and end, and where it does in what is made of it. */
  #spans = new Uint32Array(16 * stride);
  #order = new Uint32Array(0);

  /** For keys of so many units at once. */
  constructor(units: number) {
    this.units = new Uint16Array(units);
  }

  /** The units from `size` to `end` are the key of the next member. Gives back which that is. */
  add(end: number): number {
    const member = this.members++;
    const at = member * stride;
    if (at === this.#spans.length) {
      const before = this.#spans;
      this.#spans = new Uint32Array(2 * at);
      this.#spans.set(before);
    }
    this.#spans[at] = this.size;
    this.#spans[at + 1] = end;
    this.size = end;
    return member;
  }

  /** What is made of a member. */
  place(member: number, start: number, end: number): void {
    this.#spans[member * stride + 2] = start;
    this.#spans[member * stride + 3] = end;
  }

  start(member: number): number {
    return this.#spans[member * stride + 2] as number;
  }

  end(member: number): number {
    return this.#spans[member * stride + 3] as number;
  }

  /** The last key does not stand before the one in front of it. */
  get follows(): boolean {
    return this.#compare(this.members - 2, this.members - 1, 0) <= 0;
  }

  /** The members from `first` on are closed. */
  close(first: number): void {
    if (first < this.members) this.size = this.#from(first);
    this.members = first;
  }

  /** The members from `first` on in order, those of one key as they came. Good until the next call. */
  inOrder(first: number): Uint32Array {
    const count = this.members - first;
    if (this.#order.length < count) this.#order = new Uint32Array(count);
    const order = this.#order.subarray(0, count);
    for (let at = 0; at < count; at += 1) order[at] = first + at;
    let latin = true;
    for (let at = this.#from(first); latin && at < this.size; at += 1)
      latin = (this.units[at] as number) <= lastLatin;
    this.#sort(order, 0, latin ? lastLatin + 2 : 0x10001);
    return order;
  }

  /**
   * By their units behind the first `skip`, which they share. Several units and the place of a member make
   * one number, and numbers are sorted without a call for each pair. `base`: so many values a unit has, or
   * that there is none.
   */
  #sort(order: Uint32Array, skip: number, base: number): void {
    const count = order.length;
    if (count <= few) {
      this.#insert(order, skip);
      return;
    }
    const from = this.#shared(order, skip);
    const places = 2 ** Math.ceil(Math.log2(count));
    let taken = 1;
    for (let values = base * base * places; values <= mostExact; values *= base) taken += 1;
    const numbers = new Float64Array(count);
    for (let at = 0; at < count; at += 1)
      numbers[at] = this.#number(order[at] as number, from, taken, base) * places + at;
    numbers.sort();
    const before = order.slice();
    let start = 0;
    for (let at = 0; at < count; at += 1) {
      const number = numbers[at] as number;
      const units = Math.floor(number / places);
      const member = before[number - units * places] as number;
      order[at] = member;
      const last = at + 1 === count || Math.floor((numbers[at + 1] as number) / places) !== units;
      if (!last) continue;
      // What has ended is the same key.
      const ended = this.#to(member) - this.#from(member) < from + taken;
      if (at > start && !ended) this.#sort(order.subarray(start, at + 1), from + taken, base);
      start = at + 1;
    }
  }

  /** `taken` units of a key from `from` on, as the digits of a number; 0 where it has ended. */
  #number(member: number, from: number, taken: number, base: number): number {
    const start = this.#from(member) + from;
    const end = this.#to(member);
    let number = 0;
    for (let at = start; at < start + taken; at += 1)
      number = number * base + (at < end ? (this.units[at] as number) + 1 : 0);
    return number;
  }

  /** How many units all of them share, of which `skip` are known. */
  #shared(order: Uint32Array, skip: number): number {
    const first = order[0] as number;
    const start = this.#from(first);
    let shared = this.#to(first) - start;
    for (const member of order) {
      const other = this.#from(member);
      const most = Math.min(shared, this.#to(member) - other);
      let at = skip;
      while (at < most && this.units[start + at] === this.units[other + at]) at += 1;
      shared = at;
    }
    return shared;
  }

  #from(member: number): number {
    return this.#spans[member * stride] as number;
  }

  #to(member: number): number {
    return this.#spans[member * stride + 1] as number;
  }

  #insert(order: Uint32Array, skip: number): void {
    for (let next = 1; next < order.length; next += 1) {
      const member = order[next] as number;
      let at = next;
      for (; at > 0 && this.#compare(order[at - 1] as number, member, skip) > 0; at -= 1)
        order[at] = order[at - 1] as number;
      order[at] = member;
    }
  }

  #compare(a: number, b: number, skip: number): number {
    const from = this.#from(a) + skip;
    const to = this.#from(b) + skip;
    const most = Math.min(this.#to(a) - from, this.#to(b) - to);
    for (let at = 0; at < most; at += 1) {
      const difference = (this.units[from + at] as number) - (this.units[to + at] as number);
      if (difference !== 0) return difference;
    }
    return this.#to(a) - from - (this.#to(b) - to);
  }
}
