import { spanOf } from "../../record/entry.ts";
import { number, plainString } from "../../record/json-scanner.ts";
import { place } from "../../record/known-keys.ts";
import { asciiBit } from "../../record/span-block.ts";

/** No name is longer, bytes. */
const longest = 200;
/** Of a day without names: a liar may show as many days as entries, and one of few takes little. */
const noNames = Buffer.alloc(0);

/** One who did something on a UTC day. */
export interface ActiveUser {
  /** `actor_user_id` as text: a number and the text of its digits are the same. */
  readonly user: string;
  /** Of the day, when it was last: 0 to 86,399. */
  readonly second: number;
  /** `actor_email`, as the first record of the batch has it; undefined where that has none. */
  readonly name: string | undefined;
}

class Seen implements ActiveUser {
  readonly user: string;
  readonly second: number;
  readonly #names: Buffer;
  readonly #start: number;
  readonly #end: number;

  constructor(user: string, second: number, names: Buffer, start: number, end: number) {
    this.user = user;
    this.second = second;
    this.#names = names;
    this.#start = start;
    this.#end = end;
  }

  get name(): string | undefined {
    return this.#start === this.#end ? undefined : this.#names.toString("utf8", this.#start, this.#end);
  }
}

/**
 * Who was active on one day, in one batch after the other. Names stay bytes: texts would grow old before they
 * are needed, which is for few of them.
 */
export class DayUsers {
  readonly generation: number;
  readonly #places = new Map<number | string, number>();
  /** By place: the id as text, the batch that had the user last, and when that was active. */
  readonly #users: string[] = [];
  readonly #batches: number[] = [];
  readonly #seconds: number[] = [];
  #batch = 1;
  /** The places of those of this batch, and where the name of each ends. */
  readonly #active: number[] = [];
  readonly #nameEnds: number[] = [];
  #names = noNames;

  constructor(generation: number) {
    this.generation = generation;
  }

  /** The user's place, for `see`. */
  placeOf(user: number | string): number {
    const known = this.#places.get(user);
    if (known !== undefined) return known;
    const at = this.#users.length;
    this.#places.set(user, at);
    this.#users.push(String(user));
    this.#batches.push(0);
    this.#seconds.push(0);
    return at;
  }

  /** How many users have a place. */
  get known(): number {
    return this.#users.length;
  }

  get any(): boolean {
    return this.#active.length > 0;
  }

  see(at: number, second: number, bytes: Buffer, spans: Int32Array, base: number): void {
    if (this.#batches[at] === this.#batch) {
      if (second > (this.#seconds[at] as number)) this.#seconds[at] = second;
      return;
    }
    this.#batches[at] = this.#batch;
    this.#seconds[at] = second;
    this.#active.push(at);
    this.#keepName(bytes, spans, base);
  }

  *all(): Generator<ActiveUser, void> {
    let start = 0;
    for (const [index, at] of this.#active.entries()) {
      const end = this.#nameEnds[index] as number;
      yield new Seen(this.#users[at] as string, this.#seconds[at] as number, this.#names, start, end);
      start = end;
    }
  }

  clear(): void {
    this.#batch += 1;
    this.#active.length = 0;
    this.#nameEnds.length = 0;
  }

  #keepName(bytes: Buffer, spans: Int32Array, base: number): void {
    const from = this.#nameEnds.at(-1) ?? 0;
    const span = spanOf(spans, base, place.actor_email);
    const form = span === -1 ? number : (spans[span + 1] as number) & ~asciiBit;
    const [start, end] = [spans[span + 2] as number, spans[span + 3] as number];
    let to = from;
    if (form === plainString && end - start <= longest) {
      const wanted = from + end - start;
      if (wanted > this.#names.length) this.#names = Buffer.concat([this.#names], 2 * wanted);
      for (let name = start; name < end; name += 1) this.#names[to++] = bytes[name] as number;
    }
    this.#nameEnds.push(to);
  }
}
