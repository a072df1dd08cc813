import { spanOf } from "../../record/entry.ts";
import { escapedString, number, plainString, textAt } from "../../record/json-scanner.ts";
import { place } from "../../record/known-keys.ts";
import { memoryOf } from "../../record/memory-view.ts";
import { asciiBit } from "../../record/span-block.ts";
import { viewOf } from "../../text/copy.ts";
import { sameBytes } from "../../text/same-bytes.ts";
import { RecentIds } from "./recent-ids.ts";

const digitZero = 0x30;
const digitNine = 0x39;
/** A number of so many digits is exact. */
const exactDigits = 15;
/** No id and no address is longer, bytes. */
const longest = 200;
/** Of a day without names: a liar may show as many days as entries, and one of few takes little. */
const noNames = Buffer.alloc(0);
/** So many users, and days, are known from one batch of records to the next. */
const mostUsers = 8192;
const mostDays = 32;
/** The action whose `user_asset` is a service account from then on. */
const creation = viewOf(Buffer.from("team:create_service_account"));

/** One who did something on a UTC day. */
export interface ActiveUser {
  /** `actor_user_id` as text: a number and the text of its digits are the same. */
  readonly user: string;
  /** Of the day, when it was last: 0 to 86,399. */
  readonly second: number;
  /** `actor_email`, as the first record of the batch has it; undefined where that has none. */
  readonly name: string | undefined;
}

/**
 * Who was active on which days, among a batch of new records on their way to be kept. Most of them are of
 * users that were here already, in this batch or an earlier one, so a record costs a look at a few bytes.
 */
export class ActiveUsers {
  readonly #days = new Map<number, DayUsers>();
  readonly #services = new Set<string>();
  readonly #recent = new RecentIds();
  /** Of the days' users, counted over all that were here. */
  #generation = 0;
  #lastDay = Number.NaN;
  #last: DayUsers | undefined;

  /**
   * An entry of a UTC day, at this second of it. Its members stand in `spans`, over `bytes`, behind the slots
   * at `base`. One that names no actor is nobody's.
   */
  see(bytes: Buffer, spans: Int32Array, base: number, day: number, second: number): void {
    const action = spanOf(spans, base, place.action);
    if (
      action !== -1 &&
      (spans[action + 3] as number) - (spans[action + 2] as number) === creation.byteLength
    )
      this.#seeCreation(bytes, spans, base, action);
    const span = spanOf(spans, base, place.actor_user_id);
    // The text "null" may be somebody, the value is not.
    if (span === -1 || ((spans[span + 1] as number) & ~asciiBit) > number) return;
    const users = this.#of(day);
    const start = spans[span + 2] as number;
    const end = spans[span + 3] as number;
    const met = this.#recent.find(bytes, start, end, users.generation);
    if (met !== -1) {
      users.see(met, second, bytes, spans, base);
      return;
    }
    const user = userAt(bytes, spans, span);
    if (user === undefined) return;
    const at = users.placeOf(user);
    this.#recent.note(bytes, start, end, users.generation, at);
    users.see(at, second, bytes, spans, base);
  }

  /** Days since 1970-01-01, and who of the batch was active then. */
  *days(): Generator<readonly [day: number, users: Iterable<ActiveUser>], void> {
    for (const [day, users] of this.#days) if (users.any) yield [day, users.all()];
  }

  /** Users of the batch that were created as service accounts. */
  serviceAccounts(): Iterable<string> {
    return this.#services;
  }

  /** The next batch begins. */
  clear(): void {
    this.#services.clear();
    let known = 0;
    for (const users of this.#days.values()) {
      users.clear();
      known += users.known;
    }
    if (known <= mostUsers && this.#days.size <= mostDays) return;
    this.#days.clear();
    this.#last = undefined;
  }

  #seeCreation(bytes: Buffer, spans: Int32Array, base: number, action: number): void {
    const start = bytes.byteOffset + (spans[action + 2] as number);
    if (!sameBytes(creation, 0, memoryOf(bytes), start, creation.byteLength)) return;
    const span = spanOf(spans, base, place.user_asset);
    const user = span === -1 ? undefined : userAt(bytes, spans, span);
    if (user !== undefined) this.#services.add(String(user));
  }

  #of(day: number): DayUsers {
    if (this.#last !== undefined && day === this.#lastDay) return this.#last;
    const found = this.#days.get(day) ?? new DayUsers(++this.#generation);
    this.#days.set(day, found);
    this.#lastDay = day;
    this.#last = found;
    return found;
  }
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

/** Names stay bytes: texts would grow old before they are needed, which is for few of them. */
class DayUsers {
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

/** Undefined: nobody. Zero is what Go writes where there is no id. */
function userAt(bytes: Buffer, spans: Int32Array, span: number): number | string | undefined {
  const form = (spans[span + 1] as number) & ~asciiBit;
  if (form > number) return undefined;
  const start = spans[span + 2] as number;
  const end = spans[span + 3] as number;
  if (start === end || end - start > longest) return undefined;
  const digits = end - start <= exactDigits ? digitsAt(bytes, start, end) : -1;
  if (digits !== -1) return digits === 0 ? undefined : digits;
  return textAt(bytes, form === escapedString ? escapedString : plainString, start, end);
}

/** A whole number without zeros in front of it, or -1. */
function digitsAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  if (bytes[start] === digitZero && end - start > 1) return -1;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < digitZero || byte > digitNine) return -1;
    value = value * 10 + byte - digitZero;
  }
  return value;
}
