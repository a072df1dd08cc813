import type { RawRecord } from "../record/record.ts";
import type { IdentityKey } from "./allowance.ts";
import type { DecidedDay, Decision } from "./decided.ts";
import { DecidedRecords } from "./decided-records.ts";
import type { KnownDay } from "./known-day.ts";
import { KnownRecords } from "./known-records.ts";
import { noNames } from "./names.ts";
import { NumberColumn } from "./number-column.ts";
import { doubted, known, Showing, type Sighting, waits } from "./showing.ts";
import type { ShownDayOptions } from "./shown-day-options.ts";

/** What one read has shown of one ledger day: a count for each identity, and more only where twins differ. */
export class ShownDay {
  readonly known: KnownDay;
  seen = 0;
  /** New records of which it cannot be told which of their twins they are. */
  undecided = 0;
  /** Which of its twins the known one was that was seen last; 0 where it is none of them. */
  twin = 0;
  readonly #options: ShownDayOptions;
  /** How often each identity was shown, by its number. */
  readonly times = new NumberColumn(4);
  /** On which page each was shown last. */
  readonly #pages = new NumberColumn(16);
  /** 1: was shown on more than one. */
  readonly #crossed = new NumberColumn(4);
  /** Where the only known record has another digest than the only one shown: which one that showed. */
  readonly #others = new NumberColumn(32);
  readonly #waits = new NumberColumn(4);
  #held: Map<number, RawRecord> | undefined;
  #showings: Map<number, Showing> | undefined;
  /** New records since the last take. */
  readonly fresh: KnownRecords;
  /** Known records that show other names now, since the last take. */
  readonly renamed: KnownRecords;
  readonly #decided = new DecidedRecords();

  constructor(options: ShownDayOptions) {
    this.#options = options;
    this.known = options.known;
    this.fresh = new KnownRecords(this.known);
    this.renamed = new KnownRecords(this.known);
  }

  /**
   * As `see`, of so many identities that had no numbers before and have them in a row now, on the first page
   * and without names. They stand in `words`, from `from` on.
   */
  seeNew(first: number, count: number, words: Uint32Array, from: number): void {
    this.times.fill(first, count, 1);
    this.seen += count;
    this.twin = 0;
    this.known.addNew(first, count);
    this.fresh.pushNew(first, count, words, from);
    for (let at = first; at < first + count; at++) this.#options.onNew(at);
  }

  /** One more record of the identity with the number `at`, on the `page`-th page, from 0. */
  see(at: number, digest: number, page: number, record: () => RawRecord): Sighting {
    const times = this.times.get(at) + 1;
    this.times.set(at, times);
    this.seen++;
    const showing = this.#showings?.get(at);
    if (showing !== undefined) return this.#tellApart(at, showing, digest, page, record);
    const sighting = this.#count(at, times, digest, page);
    if (sighting !== undefined) {
      if (page > 0) this.#pages.set(at, page);
      if (sighting === waits) this.#wait(at, digest, record());
      return sighting;
    }
    if (!this.#options.allowance.takeShowing(this.known.namesOf(at))) return this.#byCount(at, times, digest);
    const begun = this.#begin(at, times - 1, this.#keyOf(at));
    return this.#tellApart(at, begun, digest, page, record);
  }

  /**
   * Records of identities with numbers in a row, on the first page, all with this digest. Gives back how many
   * of them are plainly known: the next one is for `see`.
   */
  seeKnown(first: number, count: number, digest: number): number {
    let at = first;
    for (; at < first + count && this.#isKnown(at, digest); at++) this.times.set(at, this.times.get(at) + 1);
    this.seen += at - first;
    return at - first;
  }

  /** Whether `see` would do nothing with it but count. */
  #isKnown(at: number, digest: number): boolean {
    if (this.times.get(at) >= this.known.knownOf(at) || this.known.digestOf(at) !== digest) return false;
    return this.#showings?.has(at) !== true && this.#waits.get(at) !== 1 && this.#pages.get(at) === 0;
  }

  /** What was decided since the last call of records that had waited. */
  takeDecided(): DecidedDay {
    return this.#decided.take(this.#options.day);
  }

  /** The read ended cleanly: decides what still waits. */
  end(): void {
    const { elsewhere } = this.#options;
    for (const at of this.#waits.marked()) this.#endWaiting(at);
    for (const [at, showing] of this.#showings ?? []) {
      const decision = this.known.change(at, (twins) => showing.end(twins, elsewhere.get(at)));
      this.#apply(at, showing.key, decision);
      this.known.tidy(at);
    }
  }

  /** What the count tells, where all twins look the same; undefined where they have to be told apart. */
  #count(at: number, times: number, digest: number, page: number): Sighting | undefined {
    const count = this.known.knownOf(at);
    const uniform = this.known.digestOf(at);
    if (uniform === undefined || this.#waits.get(at) === 1) return undefined;
    if (count > 0 && uniform !== digest) return times === 1 && count === 1 ? waits : undefined;
    if (times > 1 && this.#pages.get(at) !== page) this.#crossed.set(at, 1);
    this.twin = times <= count ? times : 0;
    if (times <= count) return known;
    if (this.#crossed.get(at) === 0) return this.#new(at, digest);
    const { before, left } = this.#options;
    const key = this.#keyOf(at);
    if (times <= before.timesOf(key, digest)) return this.#new(at, digest);
    left.doubt(key, digest, times);
    return known;
  }

  /** Most likely its name has changed. */
  #wait(at: number, digest: number, record: RawRecord): void {
    this.#others.set(at, digest);
    this.#waits.set(at, 1);
    const held = this.#options.allowance.hold(record, this.#keyOf(at));
    if (held === undefined) return;
    this.#held ??= new Map();
    this.#held.set(at, held);
  }

  #keyOf(at: number): IdentityKey {
    return `${this.#options.day} ${this.known.identityOf(at)}`;
  }

  #new(at: number, digest: number): Sighting {
    return this.#announce(at, this.known.add(at, digest), digest);
  }

  #announce(at: number, ordinal: number, digest: number): number {
    this.fresh.push(at, ordinal, digest);
    this.#options.onNew(at);
    return ordinal;
  }

  /** Begins to tell the twins of an identity apart, of which `earlier` have been shown. */
  #begin(at: number, earlier: number, key: IdentityKey): Showing {
    const { before, left } = this.#options;
    const waited = this.#waits.get(at) === 1;
    const digest = waited ? this.#others.get(at) : this.known.firstDigestOf(at);
    const unsure = this.#crossed.get(at) === 1 && earlier > before.timesOf(key, digest);
    if (unsure) left.doubt(key, digest, earlier);
    const showing = new Showing({
      key,
      shownBefore: (digest) => before.timesOf(key, digest),
      // What was in doubt is none of them.
      earlier: waited ? 1 : Math.min(earlier, this.known.knownOf(at)),
      earlierDigest: digest,
      unsure,
      page: this.#pages.get(at),
    });
    if (waited) showing.wait(this.#others.get(at), this.#held?.get(at));
    this.#waits.set(at, 0);
    this.#held?.delete(at);
    this.#showings ??= new Map();
    this.#showings.set(at, showing);
    return showing;
  }

  #tellApart(at: number, showing: Showing, digest: number, page: number, record: () => RawRecord): Sighting {
    const { allowance, left } = this.#options;
    if (!showing.showed(digest) && !allowance.takeName())
      return this.#byCount(at, this.times.get(at), digest);
    const { due } = this.known.twinsOf(at);
    const sighting = this.known.change(at, (twins) => showing.see(digest, page, twins));
    this.twin =
      sighting === known && this.#options.again ? showing.twinOf(digest, this.known.twinsOf(at)) : 0;
    if (sighting === waits) {
      showing.wait(digest, allowance.takeName() ? allowance.hold(record(), showing.key) : undefined);
      return waits;
    }
    if (showing.doubts(digest)) left.doubt(showing.key, digest, showing.timesOf(digest));
    if (sighting > 0) {
      this.#announce(at, sighting, digest);
      if (this.known.twinsOf(at).due < due) this.renamed.push(at, sighting, digest);
    }
    if (showing.waiting > 0)
      this.#apply(
        at,
        showing.key,
        this.known.change(at, (twins) => showing.release(twins)),
      );
    return sighting === doubted ? known : sighting;
  }

  /** There is no room to tell twins apart: which of them are new is not known, how many is. */
  #byCount(at: number, times: number, digest: number): Sighting {
    this.twin = times;
    if (times <= this.known.knownOf(at)) return known;
    this.undecided++;
    // With the digest of the others: a list of its own would take more memory than there is.
    return this.#new(at, this.known.digestOf(at) ?? digest);
  }

  /** Another source may have kept the one that waits, and damage may have taken the known one. */
  #endWaiting(at: number): void {
    const digest = this.#others.get(at);
    const only = this.known.knownOf(at) === 1 && this.known.digestOf(at) !== undefined;
    if (only && this.#options.elsewhere.get(at) === 0) {
      this.#decided.known++;
      this.#wasShown(at, 1, this.#held?.get(at));
      if (digest === noNames || digest === this.known.digestOf(at)) return;
      this.known.renameOnly(at, digest);
      this.renamed.push(at, 1, digest);
    } else this.#begin(at, 1, this.#keyOf(at));
  }

  #apply(at: number, key: IdentityKey, decision: Decision): void {
    const { left } = this.#options;
    this.undecided += decision.undecided;
    this.#decided.known += decision.known;
    if (decision.postponed) left.want(key);
    for (const { ordinal, record } of decision.shown) this.#wasShown(at, ordinal, record);
    for (const [ordinal, digest] of decision.renamed) this.renamed.push(at, ordinal, digest);
    for (const { ordinal, digest, record, recovered } of decision.released) {
      if (record === undefined) {
        left.want(key);
        this.#decided.known++;
      } else {
        this.#announce(at, ordinal, digest);
        if (recovered) this.renamed.push(at, ordinal, digest);
        this.#decided.fresh.push({ record, ordinal });
      }
    }
  }

  /** A known one that had waited is handed out too; without room for it the next read shows it. */
  #wasShown(at: number, ordinal: number, record: RawRecord | undefined): void {
    const { again, left } = this.#options;
    if (again === undefined || ordinal === 0) return;
    if (record !== undefined) this.#decided.shown.push({ record, ordinal });
    else if (!again.isTaken(this.known.identityOf(at), ordinal)) left.want(this.#keyOf(at));
  }
}
