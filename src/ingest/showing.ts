import type { RawRecord } from "../record/record.ts";
import type { IdentityKey } from "./allowance.ts";
import type { Decision } from "./decided.ts";
import { noNames } from "./names.ts";
import type { Tally, Twins } from "./twins.ts";

/** What a record turned out to be: known, new with its ordinal, or to be told apart later in the read. */
export type Sighting = number;
/** It is known. */
export const known: Sighting = 0;
/** What it is shows later in this read, at its end at the latest, or in the next one. */
export const waits: Sighting = -1;
/** It was shown on two pages, and may be one entry that moved: the next read tells. */
export const doubted: Sighting = -2;

/** Where a showing begins. */
export interface ShowingOptions {
  readonly key: IdentityKey;
  /** How often the last read showed this digest, where it stayed open whether one entry was on two pages. */
  readonly shownBefore: (digest: number) => number;
  /** What this read showed before: with one digest, known, kept or waiting. */
  readonly earlier: number;
  readonly earlierDigest: number;
  /** The page of the last of them. */
  readonly page: number;
  /** They were on more than one, and may be fewer. */
  readonly unsure: boolean;
}

/** What was shown of one digest. */
interface Shows {
  /** Those that are taken for records of their own. */
  taken: number;
  times: number;
  page: number;
  onPage: number;
  mostOnPage: number;
}

interface Waiting {
  readonly digest: number;
  readonly record: RawRecord | undefined;
}

/**
 * What one read shows of one identity, where counting alone does not tell which of its twins are new. A
 * record whose digest of names is known is that one; any other waits until all known ones have been seen, or
 * until the end of the read. One that shows on two pages only is believed when a second read shows it too.
 */
export class Showing {
  readonly key: IdentityKey;
  readonly #shows = new Map<number, Shows>();
  readonly #shownBefore: (digest: number) => number;
  #waiting: Waiting[] = [];
  #tally: Tally = { known: new Map(), due: new Map() };
  /** Known records that this read has shown. */
  #matched = 0;
  #version = -1;
  /** What was shown on two pages may be one known record or two: until that is known, nothing is new. */
  #unsure: boolean;
  #ordinals: Map<number, number[]> | undefined;

  constructor({ key, shownBefore, earlier, earlierDigest, page, unsure }: ShowingOptions) {
    this.#unsure = unsure;
    this.key = key;
    this.#shownBefore = shownBefore;
    const shows = { taken: earlier, times: earlier, page, onPage: earlier, mostOnPage: earlier };
    if (earlier > 0) this.#shows.set(earlierDigest, shows);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  showed(digest: number): boolean {
    return this.#shows.has(digest);
  }

  /** How often this digest was shown. */
  timesOf(digest: number): number {
    return this.#shows.get(digest)?.times ?? 0;
  }

  /** It was shown more often than is believed. */
  doubts(digest: number): boolean {
    const shows = this.#shows.get(digest);
    return shows !== undefined && shows.times > this.#believed(digest, shows);
  }

  /** Which of the twins the one of this digest was that `see` last called known; 0 where nobody can say. */
  twinOf(digest: number, twins: Twins): number {
    return this.#ordinalsOf(digest, twins)[this.#taken(digest) - 1] ?? 0;
  }

  see(digest: number, page: number, twins: Twins): Sighting {
    this.#follow(twins);
    const shows = this.#count(digest, page);
    const before = countOf(this.#tally.known, digest);
    const due = countOf(this.#tally.due, digest);
    const believed = this.#believed(digest, shows);
    if (shows.taken >= Math.max(before + due, believed)) return doubted;
    if (shows.taken >= believed) this.#unsure = true;
    shows.taken++;
    if (shows.taken <= before) {
      this.#matched++;
      return known;
    }
    if (due > 0) return this.#kept(digest, twins, twins.recover(digest));
    if (this.#waiting.length > 0 || this.#unsure || this.#unmatched(twins) > 0) return waits;
    return this.#kept(digest, twins, twins.add(digest));
  }

  /** What `see` called waiting waits, with `record` where there is room to hold it. */
  wait(digest: number, record: RawRecord | undefined): void {
    this.#waiting.push({ digest, record });
  }

  /** Once every known record has been seen, what waited is new. */
  release(twins: Twins): Decision {
    this.#follow(twins);
    const all = !this.#unsure && this.#unmatched(twins) === 0;
    return all && this.#waiting.length > 0 ? this.#decide(twins, []) : nothing;
  }

  /**
   * The read ended cleanly. Of what still waits, as many are known ones that show another name as there are
   * known ones that were not seen; the count alone says which. `elsewhere`: so many known ones were kept by
   * other reads since this one began, whose names it may not show yet.
   */
  end(twins: Twins, elsewhere: number): Decision {
    this.#follow(twins);
    if (this.#unsure) return { ...nothing, known: this.#waiting.length, postponed: this.#waiting.length > 0 };
    const unseen: number[] = [];
    for (const [digest, count] of this.#tally.known)
      for (let left = count - this.#taken(digest); left > 0; left--) unseen.push(digest);
    unseen.length = Math.max(0, unseen.length - elsewhere);
    return this.#waiting.length === 0 ? nothing : this.#decide(twins, unseen);
  }

  #decide(twins: Twins, unseen: readonly number[]): Decision {
    const all = this.#waiting;
    // One without a name is more likely a known one whose name is withheld than one with another name is.
    const waiting = this.#stillOpen().sort(
      (a, b) => Number(b.digest === noNames) - Number(a.digest === noNames),
    );
    this.#waiting = [];
    const renames = Math.min(waiting.length, unseen.length);
    const fresh = waiting.slice(renames);
    const changes = new Map<number, number[]>();
    for (let at = 0; at < renames; at++) {
      const now = (waiting[at] as Waiting).digest;
      // A name that is not shown does not replace one that is known.
      if (now !== noNames) listOf(changes, unseen[at] as number).push(now);
    }
    const named = waiting.filter(({ digest }, at) => digest !== noNames || at >= renames);
    const differ = new Set(named.map(({ digest }) => digest)).size > 1;
    const next = new Map<number, number>();
    const shown = waiting.slice(0, renames).map(({ record }, at) => {
      const was = unseen[at] as number;
      const index = next.get(was) ?? this.#taken(was);
      next.set(was, index + 1);
      return { record, ordinal: this.#ordinalsOf(was, twins)[index] ?? 0 };
    });
    const renamed = twins.rename(changes);
    const released = fresh.map(({ digest, record }) => {
      const recovered = record !== undefined && twins.due > 0;
      const add = () => (recovered ? twins.recover(digest) : twins.add(digest));
      return { ordinal: record === undefined ? 0 : add(), digest, record, recovered };
    });
    const undecided = renames > 0 && named.length > fresh.length && differ ? fresh.length : 0;
    return { known: all.length - fresh.length, released, renamed, undecided, postponed: false, shown };
  }

  /** What waits, without what another read kept meanwhile. */
  #stillOpen(): Waiting[] {
    const open = new Map<number, number>();
    for (const [digest, { taken }] of this.#shows)
      open.set(digest, taken - countOf(this.#tally.known, digest));
    const found: Waiting[] = [];
    for (const each of this.#waiting.toReversed()) {
      const left = countOf(open, each.digest);
      if (left > 0) found.push(each);
      open.set(each.digest, left - 1);
    }
    return found.reverse();
  }

  /** The record at hand became known. */
  #kept(digest: number, twins: Twins, ordinal: number): number {
    const { known: tally, due } = this.#tally;
    tally.set(digest, countOf(tally, digest) + 1);
    if (countOf(due, digest) > 0) due.set(digest, countOf(due, digest) - 1);
    this.#ordinals = undefined;
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
    this.#ordinals = undefined;
    this.#tally = twins.tally();
    this.#matched = 0;
    for (const [digest, { taken }] of this.#shows)
      this.#matched += Math.min(taken, countOf(this.#tally.known, digest));
  }

  #believed(digest: number, { mostOnPage, times }: Shows): number {
    return Math.max(mostOnPage, Math.min(times, this.#shownBefore(digest)));
  }

  #ordinalsOf(digest: number, twins: Twins): readonly number[] {
    this.#ordinals ??= twins.ordinals();
    return this.#ordinals.get(digest) ?? [];
  }

  #taken(digest: number): number {
    return this.#shows.get(digest)?.taken ?? 0;
  }

  #count(digest: number, page: number): Shows {
    const shows = this.#shows.get(digest) ?? { taken: 0, times: 0, page, onPage: 0, mostOnPage: 0 };
    this.#shows.set(digest, shows);
    shows.times++;
    if (page !== shows.page) shows.onPage = 0;
    shows.page = page;
    shows.onPage++;
    shows.mostOnPage = Math.max(shows.mostOnPage, shows.onPage);
    return shows;
  }
}

const nothing: Decision = { known: 0, released: [], renamed: [], undecided: 0, postponed: false, shown: [] };

function countOf(counts: ReadonlyMap<number, number>, digest: number): number {
  return counts.get(digest) ?? 0;
}

function listOf(lists: Map<number, number[]>, key: number): number[] {
  const found = lists.get(key) ?? [];
  lists.set(key, found);
  return found;
}
