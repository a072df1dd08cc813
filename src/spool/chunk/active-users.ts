import { kernel, kernelBytes, kernelNumbers, kernelPlaces, kernelView } from "../../kernel/kernel.ts";
import { spanOf } from "../../record/entry.ts";
import type { EntryRows } from "../../record/entry-rows.ts";
import { escapedString, number, plainString, textAt } from "../../record/json-scanner.ts";
import { place } from "../../record/known-keys.ts";
import { memoryOf } from "../../record/memory-view.ts";
import { asciiBit } from "../../record/span-block.ts";
import { sameBytes } from "../../text/same-bytes.ts";
import type { Instant } from "../../time/clock.ts";
import { type ActiveUser, DayUsers } from "./day-users.ts";
import { findRecent, noteRecent } from "./recent-ids.ts";

const digitZero = 0x30;
const digitNine = 0x39;
/** A number of so many digits is exact. */
const exactDigits = 15;
/** No id and no address is longer, bytes. */
const longest = 200;
/** So many users, and days, are known from one batch of records to the next. */
const mostUsers = 8192;
const mostDays = 32;
const { creationAt, creationBytes, rowIdsAt } = kernelPlaces;
const rowIds = rowIdsAt / Int32Array.BYTES_PER_ELEMENT;
/** Of a row that is to be looked at by itself, see kernel/recent-ids.ts. */
const unknown = -1;
const secondsPerDay = 86_400;

// The action whose `user_asset` is a service account from then on.
kernelBytes.write("team:create_service_account", creationAt);

/** Of the users of days, counted over all that were here. */
let lastGeneration = 0;

/**
 * Who was active on which days, among a batch of new records on their way to be kept. Most of them are of
 * users that were here already, in this batch or an earlier one, so a record costs a look at a few bytes.
 */
export class ActiveUsers {
  readonly #days = new Map<number, DayUsers>();
  readonly #services = new Set<string>();
  #lastDay = Number.NaN;
  #last: DayUsers | undefined;

  /**
   * An entry of a UTC day, at this second of it. Its members stand in `spans`, over `bytes`, behind the slots
   * at `base`. One that names no actor is nobody's.
   */
  see(bytes: Buffer, spans: Int32Array, base: number, day: number, second: number): void {
    const action = spanOf(spans, base, place.action);
    if (action !== -1 && (spans[action + 3] as number) - (spans[action + 2] as number) === creationBytes)
      this.#seeCreation(bytes, spans, base, action);
    const span = spanOf(spans, base, place.actor_user_id);
    // The text "null" may be somebody, the value is not.
    if (span === -1 || ((spans[span + 1] as number) & ~asciiBit) > number) return;
    const users = this.#of(day);
    const start = spans[span + 2] as number;
    const end = spans[span + 3] as number;
    const met = findRecent(bytes, start, end, users.generation);
    if (met !== -1) {
      users.see(met, second, bytes, spans, base);
      return;
    }
    const user = userAt(bytes, spans, span);
    if (user === undefined) return;
    const at = users.placeOf(user);
    noteRecent(bytes, start, end, users.generation, at);
    users.see(at, second, bytes, spans, base);
  }

  /** The same of rows of one day that lie in the kernel, see `EntryRows`, from one up to another. */
  seeRows({ bytes, spans, bases, times }: EntryRows, from: number, to: number, day: number): void {
    const users = this.#of(day);
    kernel.findRowIds(from, to, place.actor_user_id, place.action, users.generation);
    for (let row = from; row < to; row += 1) {
      const met = kernelNumbers[rowIds + row] as number;
      const second = (times[row] as Instant).seconds - day * secondsPerDay;
      const base = bases[row] as number;
      if (met >= 0) users.see(met, second, bytes, spans, base);
      else if (met === unknown) this.see(bytes, spans, base, day, second);
    }
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
    if (!sameBytes(kernelView, creationAt, memoryOf(bytes), start, creationBytes)) return;
    const span = spanOf(spans, base, place.user_asset);
    const user = span === -1 ? undefined : userAt(bytes, spans, span);
    if (user !== undefined) this.#services.add(String(user));
  }

  #of(day: number): DayUsers {
    if (this.#last !== undefined && day === this.#lastDay) return this.#last;
    const found = this.#days.get(day) ?? new DayUsers(++lastGeneration);
    this.#days.set(day, found);
    this.#lastDay = day;
    this.#last = found;
    return found;
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
