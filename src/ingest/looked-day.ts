import { entryTime } from "../record/entry.ts";
import type { RawRecord } from "../record/record.ts";
import type { WitnessExample } from "../spool/witnessed.ts";
import { msOfInstant } from "../time/clock.ts";
import type { Difference, Lacks } from "./difference.ts";
import { type Identity, uidText } from "./identity.ts";
import type { KnownDay } from "./known-day.ts";
import { NumberColumn } from "./number-column.ts";

/** So many identities are remembered of a difference: of more, how many there are. */
const mostRemembered = 10_000;
/** So many records are described. */
const mostDescribed = 100;

/**
 * What a witness was shown of one ledger day: a count for each identity. Several reads may show it, each a
 * part; how often an identity is there is asked of each alone, as of any source.
 */
export class LookedDay {
  readonly known: KnownDay;
  /** Records that were shown. */
  shown = 0;
  readonly #now = new NumberColumn(4);
  /** The most that one read showed of each identity. */
  readonly times = new NumberColumn(4);
  readonly #pages = new NumberColumn(16);
  /** Numbers of identities that were shown more often than they were known then. */
  readonly #lacking = new Map<number, WitnessExample | undefined>();
  /** There are others. */
  #lackMore = false;

  constructor(known: KnownDay) {
    this.known = known;
  }

  /** Another read shows a part of it. */
  beginRead(): void {
    this.#now.clear();
    this.#pages.clear();
  }

  /** One more record of the identity with the number `at`, on the `page`-th page, from 0. */
  see(at: number, page: number, record: () => RawRecord): void {
    const times = this.#now.get(at) + 1;
    const known = this.known.knownOf(at);
    // On two pages it may be one entry that moved: then nothing says that there are two.
    if (times > 1 && times > known && this.#pages.get(at) !== page) return;
    this.#now.set(at, times);
    if (page > 0) this.#pages.set(at, page);
    if (times <= this.times.get(at)) return;
    this.times.set(at, times);
    this.shown++;
    if (times > known) this.#lack(at, record);
  }

  /** Of identities with numbers in a row, those that are known as often as they are shown by now. */
  seeKnown(first: number, count: number): number {
    let at = first;
    for (; at < first + count; at++) {
      if (this.#now.get(at) >= this.known.knownOf(at)) break;
      this.see(at, this.#pages.get(at), unasked);
    }
    return at - first;
  }

  /** Some of what was shown and is not known. */
  lacks(): Lacks {
    return this.#missing(this.#lacking.keys());
  }

  /** How it compares with what is known now. `whole`: all that there is of the day was shown. */
  difference(whole: boolean): Difference {
    const { count } = this.known;
    let missing = this.lacks();
    // There is more than is remembered, or less is known than was when it was shown: damage was found.
    if (this.#lackMore || count < this.shown - missing.total) missing = this.#missing(this.times.marked());
    const extra = whole ? count - (this.shown - missing.total) : 0;
    return { shown: this.shown, known: count, missing, extra: this.#extra(extra) };
  }

  /** Some of the records that are missing. */
  examples(missing: Lacks, most: number): WitnessExample[] {
    const found: WitnessExample[] = [];
    for (const identity of missing.each.keys()) {
      if (found.length === most) break;
      const example = this.#lacking.get(this.known.numberOf(identity));
      found.push(example ?? { of: "missing", uid: uidText(identity) });
    }
    return found;
  }

  #lack(at: number, record: () => RawRecord): void {
    if (this.#lacking.has(at)) return;
    if (this.#lacking.size >= mostRemembered) this.#lackMore = true;
    else
      this.#lacking.set(
        at,
        this.#lacking.size < mostDescribed ? exampleOf(this.known.identityOf(at), record()) : undefined,
      );
  }

  #missing(candidates: Iterable<number>): Lacks {
    const each = new Map<Identity, number>();
    let total = 0;
    for (const at of candidates) {
      const lack = this.times.get(at) - this.known.knownOf(at);
      if (lack <= 0) continue;
      total += lack;
      if (each.size < mostRemembered) each.set(this.known.identityOf(at), lack);
    }
    return { total, each };
  }

  #extra(total: number): Lacks {
    const each = new Map<Identity, number>();
    let left = total;
    for (let at = 0; left > 0 && at < this.known.identities && each.size < mostRemembered; at++) {
      const lack = this.known.knownOf(at) - this.times.get(at);
      if (lack <= 0) continue;
      left -= lack;
      each.set(this.known.identityOf(at), lack);
    }
    return { total, each };
  }
}

/** A name of an action that is one; all else is text of somebody. */
const plainAction = /^[\w.:-]{1,64}$/;

function exampleOf(identity: Identity, { entry }: RawRecord): WitnessExample {
  const time = entry === undefined ? undefined : entryTime(entry);
  const action = entry?.get("action")?.text;
  return {
    of: "missing",
    uid: uidText(identity),
    ...(time !== undefined && timeText(msOfInstant(time))),
    ...(action !== undefined && plainAction.test(action) && { action }),
  };
}

/** An entry may claim a time that no calendar has. */
function timeText(ms: number): { readonly time?: string } {
  return Math.abs(ms) > 8.64e15 ? {} : { time: new Date(ms).toISOString() };
}

/** What is known needs no description. */
function unasked(): RawRecord {
  throw new Error("a known record was asked for");
}
