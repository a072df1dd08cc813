import type { RawRecord } from "../record/record.ts";
import type { IdentityKey } from "./allowance.ts";
import { noNames } from "./names.ts";
import type { Tally, Twins } from "./twins.ts";

/** What a record turned out to be: known, new with its ordinal, or to be told apart later in the read. */
export type Sighting = number;
/** It is known. */
export const known: Sighting = 0;
/** What it is shows later in this read, at its end at the latest, or in the next one. */
export const waits: Sighting = -1;

/** A new record that had to wait. Without `record` there was no room to hold it: it is to be read again. */
export interface Released {
  readonly ordinal: number;
  readonly digest: number;
  readonly record: RawRecord | undefined;
}

/** What the end of a read tells about one identity. */
export interface Decision {
  /** How many of those that waited are known. */
  readonly known: number;
  readonly released: readonly Released[];
  /** Which known records show other names now. */
  readonly renamed: readonly (readonly [ordinal: number, digest: number])[];
  /** Of how many new ones it cannot be told which they are. */
  readonly undecided: number;
}

/** Where a showing begins. */
export interface ShowingOptions {
  readonly key: IdentityKey;
  /**
   * How often the last read showed the identity, if it stayed open then whether one entry was shown on two
   * pages: so many are true.
   */
  readonly shownBefore: number;
  /** What this read showed before, all of it with one digest, on one page, and known or now kept. */
  readonly earlier: number;
  readonly earlierDigest: number;
  readonly page: number;
}

interface Waiting {
  readonly digest: number;
  readonly record: RawRecord | undefined;
}

/**
 * What one read shows of one identity, where counting alone does not tell which of its twins are new. A
 * record whose digest of names is known is that one; any other waits until all known ones have been seen, or
 * until the end of the read: it may be a known one whose name changed. A twin that shows on two pages only
 * may be one entry that moved between them: it is believed when a second read shows it too.
 */
export class Showing {
  /** A twin was not believed: nothing of the identity is decided in this read. */
  doubted = false;
  total: number;
  readonly key: IdentityKey;
  readonly #shown = new Map<number, number>();
  readonly #shownBefore: number;
  #waiting: Waiting[] = [];
  #tally: Tally = { known: new Map(), due: new Map() };
  /** Known records that this read has shown. */
  #matched = 0;
  #version = -1;
  #page: number;
  #onPage: number;
  #mostOnPage: number;

  constructor({ key, shownBefore, earlier, earlierDigest, page }: ShowingOptions) {
    this.key = key;
    this.#shownBefore = shownBefore;
    this.total = earlier;
    if (earlier > 0) this.#shown.set(earlierDigest, earlier);
    this.#page = page;
    this.#onPage = earlier;
    this.#mostOnPage = earlier;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many different names it showed. */
  get names(): number {
    return this.#shown.size;
  }

  see(digest: number, page: number, twins: Twins): Sighting {
    this.#follow(twins);
    this.#count(page);
    const times = (this.#shown.get(digest) ?? 0) + 1;
    this.#shown.set(digest, times);
    if (times <= countOf(this.#tally.known, digest)) {
      this.#matched++;
      return known;
    }
    if (countOf(this.#tally.due, digest) > 0) return this.#kept(digest, twins, twins.recover(digest));
    if (this.#waiting.length > 0 || this.#unmatched(twins) > 0) return waits;
    return this.#new(digest, twins);
  }

  /** What `see` called waiting waits, with `record` where there is room to hold it. */
  wait(digest: number, record: RawRecord | undefined): void {
    this.#waiting.push({ digest, record });
  }

  /** Once every known record has been seen, what waited is new. */
  release(twins: Twins): Decision {
    this.#follow(twins);
    return this.#waiting.length > 0 && this.#unmatched(twins) === 0 ? this.#decide(twins, []) : nothing;
  }

  /**
   * The read ended cleanly. Of what still waits, as many are known ones that show another name as there are
   * known ones that were not seen; the count alone says which.
   */
  end(twins: Twins): Decision {
    this.#follow(twins);
    const unseen: number[] = [];
    for (const [digest, count] of this.#tally.known)
      for (let left = count - countOf(this.#shown, digest); left > 0; left--) unseen.push(digest);
    return this.#waiting.length === 0 ? nothing : this.#decide(twins, unseen);
  }

  #decide(twins: Twins, unseen: readonly number[]): Decision {
    const all = this.#waiting;
    const waiting = this.#stillOpen();
    this.#waiting = [];
    const renames = Math.min(waiting.length, unseen.length);
    const fresh = waiting.slice(renames);
    if (this.doubted || !this.#believes(twins.known + fresh.length)) return { ...nothing, known: all.length };
    const changes = new Map<number, number[]>();
    for (let at = 0; at < renames; at++) {
      const now = (waiting[at] as Waiting).digest;
      // A name that is not shown does not replace one that is known.
      if (now !== noNames) listOf(changes, unseen[at] as number).push(now);
    }
    const differ = new Set(waiting.map(({ digest }) => digest)).size > 1;
    const renamed = twins.rename(changes);
    const released = fresh.map(({ digest, record }) => ({
      ordinal: record === undefined ? 0 : twins.due > 0 ? twins.recover(digest) : twins.add(digest),
      digest,
      record,
    }));
    const undecided = renames > 0 && differ ? fresh.length : 0;
    return { known: all.length - fresh.length, released, renamed, undecided };
  }

  /** What waits, without what another read kept meanwhile. */
  #stillOpen(): Waiting[] {
    const open = new Map<number, number>();
    for (const [digest, times] of this.#shown) open.set(digest, times - countOf(this.#tally.known, digest));
    const found: Waiting[] = [];
    for (const each of this.#waiting.toReversed()) {
      const left = countOf(open, each.digest);
      if (left > 0) found.push(each);
      open.set(each.digest, left - 1);
    }
    return found.reverse();
  }

  #new(digest: number, twins: Twins): Sighting {
    return this.doubted || !this.#believes(twins.known + 1)
      ? known
      : this.#kept(digest, twins, twins.add(digest));
  }

  /** So many twins are true: not one entry that was shown on two pages. */
  #believes(twins: number): boolean {
    const believed = Math.max(this.#mostOnPage, Math.min(this.total, this.#shownBefore));
    this.doubted ||= twins > believed;
    return !this.doubted;
  }

  /** The record at hand became known. */
  #kept(digest: number, twins: Twins, ordinal: number): number {
    const { known: tally, due } = this.#tally;
    tally.set(digest, countOf(tally, digest) + 1);
    if (countOf(due, digest) > 0) due.set(digest, countOf(due, digest) - 1);
    this.#matched++;
    this.#version = twins.version;
    return ordinal;
  }

  #unmatched(twins: Twins): number {
    return twins.known + twins.due - this.#matched;
  }

  /** Another read may have changed what is known. */
  #follow(twins: Twins): void {
    if (twins.version === this.#version) return;
    this.#version = twins.version;
    this.#tally = twins.tally();
    this.#matched = 0;
    for (const [digest, times] of this.#shown)
      this.#matched += Math.min(times, countOf(this.#tally.known, digest));
  }

  #count(page: number): void {
    this.total++;
    if (page !== this.#page) this.#onPage = 0;
    this.#page = page;
    this.#onPage++;
    this.#mostOnPage = Math.max(this.#mostOnPage, this.#onPage);
  }
}

const nothing: Decision = { known: 0, released: [], renamed: [], undecided: 0 };

function countOf(counts: ReadonlyMap<number, number>, digest: number): number {
  return counts.get(digest) ?? 0;
}

function listOf(lists: Map<number, number[]>, key: number): number[] {
  const found = lists.get(key) ?? [];
  lists.set(key, found);
  return found;
}
