import type { RawRecord } from "../record/record.ts";
import { SourceError } from "../source/source.ts";
import { knownBytes } from "../spool/store.ts";
import type { Allowance, IdentityKey, Unfinished } from "./allowance.ts";
import type { KnownDay } from "./known-day.ts";
import { noNames } from "./names.ts";
import { NumberColumn } from "./number-column.ts";
import { type Decision, known, Showing, type Sighting, waits } from "./showing.ts";

/** A record that waited and is new. */
export interface DecidedRecord {
  readonly record: RawRecord;
  readonly ordinal: number;
}

/** What was decided of a ledger day's records that waited. */
export interface DecidedDay {
  readonly day: number;
  readonly fresh: readonly DecidedRecord[];
  /** How many turned out to be known, or come again in the next read. */
  readonly known: number;
}

/** Of which read it is a part, and what it may take. */
export interface ShownDayOptions {
  readonly day: number;
  readonly known: KnownDay;
  readonly allowance: Allowance;
  /** Left by the read before, and by this one. */
  readonly before: Unfinished;
  readonly left: Unfinished;
}

/** What one read has shown of one ledger day: a count for each identity, and more only where twins differ. */
export class ShownDay {
  readonly known: KnownDay;
  seen = 0;
  /** New records of which it cannot be told which of their twins they are. */
  undecided = 0;
  readonly #options: ShownDayOptions;
  readonly #times = new NumberColumn(8);
  /** On which page each was shown last. */
  readonly #pages = new NumberColumn(16);
  /** Where the only known record has another digest than the only one shown: which one that showed. */
  readonly #others = new NumberColumn(32);
  readonly #waits = new NumberColumn(8);
  readonly #held = new Map<number, RawRecord>();
  readonly #showings = new Map<number, Showing>();
  /** New since the last take, and renamed: number of the identity, ordinal, digest. */
  #fresh: number[] = [];
  readonly #renamed: number[] = [];
  #decided: DecidedRecord[] = [];
  #decidedKnown = 0;

  constructor(options: ShownDayOptions) {
    this.#options = options;
    this.known = options.known;
  }

  /** `page` is the number of the page that shows it, from 0. */
  see(identity: string, digest: number, page: number, record: RawRecord): Sighting {
    const at = this.known.numberOf(identity);
    const times = this.#times.get(at) + 1;
    this.#times.set(at, times);
    this.seen++;
    const showing = this.#showings.get(at);
    if (showing !== undefined) return this.#tellApart(at, showing, digest, page, record);
    const sighting = this.#count(at, times, digest, page);
    if (sighting !== undefined) {
      if (page > 0) this.#pages.set(at, page);
      if (sighting === waits) this.#wait(at, digest, identity, record);
      return sighting;
    }
    const begun = this.#begin(at, times, identity, page);
    return begun === undefined
      ? this.#byCount(at, times, digest)
      : this.#tellApart(at, begun, digest, page, record);
  }

  /** What was decided since the last call of records that had waited. */
  takeDecided(): DecidedDay {
    const decided = { day: this.#options.day, fresh: this.#decided, known: this.#decidedKnown };
    this.#decided = [];
    this.#decidedKnown = 0;
    return decided;
  }

  /** New records since the last take, as `KnownDay.write` has them. */
  takeFresh(): Buffer {
    const taken = this.#written(this.#fresh);
    this.#fresh = [];
    return taken;
  }

  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** What is new and not taken is known again, after the known ones were loaded. */
  putFresh(): void {
    for (let i = 0; i < this.#fresh.length; i += 3)
      this.known.put(this.#fresh[i] as number, this.#fresh[i + 1] as number, this.#fresh[i + 2] as number);
  }

  /** The read ended cleanly: decides what still waits. */
  end(): void {
    const { left, day } = this.#options;
    for (const at of this.#waits.marked()) this.#endWaiting(at);
    for (const [at, showing] of this.#showings) {
      this.#apply(
        at,
        showing.key,
        this.known.change(at, (twins) => showing.end(twins)),
      );
      if (showing.doubted) left.shown.set(showing.key, showing.total);
      this.known.tidy(at);
    }
    if (this.#renamed.length > 0)
      left.renamed.set(
        day,
        Buffer.concat([left.renamed.get(day) ?? Buffer.alloc(0), this.#written(this.#renamed)]),
      );
  }

  /** What the count tells, where all twins look the same; undefined where they have to be told apart. */
  #count(at: number, times: number, digest: number, page: number): Sighting | undefined {
    const count = this.known.knownOf(at);
    const uniform = this.known.digestOf(at);
    const moved = times > 1 && this.#pages.get(at) !== page;
    if (uniform === undefined || moved || this.#waits.get(at) === 1) return undefined;
    if (count === 0 || uniform === digest) return times <= count ? known : this.#new(at, digest);
    return times === 1 && count === 1 ? waits : undefined;
  }

  /** Most likely its name has changed. */
  #wait(at: number, digest: number, identity: string, record: RawRecord): void {
    this.#others.set(at, digest);
    this.#waits.set(at, 1);
    const held = this.#options.allowance.hold(record, `${this.#options.day} ${identity}`);
    if (held !== undefined) this.#held.set(at, held);
  }

  #new(at: number, digest: number): Sighting {
    const ordinal = this.known.add(at, digest);
    this.#fresh.push(at, ordinal, digest);
    return ordinal;
  }

  /** Begins to tell the twins of an identity apart; undefined where there is no room for that. */
  #begin(at: number, times: number, identity: string, page: number): Showing | undefined {
    const { allowance, day } = this.#options;
    const moved = times > 1 && this.#pages.get(at) !== page;
    if (!allowance.takeShowing(this.known.namesOf(at))) {
      if (moved) throw pagesMove();
      return undefined;
    }
    return this.#showingOf(at, times - 1, `${day} ${identity}`, times > 1 ? this.#pages.get(at) : page);
  }

  #showingOf(at: number, earlier: number, key: IdentityKey, page: number): Showing {
    const waited = this.#waits.get(at) === 1;
    const showing = new Showing({
      key,
      shownBefore: this.#options.before.shown.get(key) ?? 0,
      earlier,
      earlierDigest: waited ? this.#others.get(at) : this.known.firstDigestOf(at),
      page,
    });
    if (waited) showing.wait(this.#others.get(at), this.#held.get(at));
    this.#waits.set(at, 0);
    this.#held.delete(at);
    this.#showings.set(at, showing);
    return showing;
  }

  #tellApart(at: number, showing: Showing, digest: number, page: number, record: RawRecord): Sighting {
    const { allowance } = this.#options;
    const names = showing.names;
    const sighting = this.known.change(at, (twins) => showing.see(digest, page, twins));
    if (showing.names > names) allowance.takeName();
    if (sighting === waits) showing.wait(digest, allowance.hold(record, showing.key));
    else if (sighting !== known) this.#fresh.push(at, sighting, digest);
    if (sighting !== waits && showing.waiting > 0)
      this.#apply(
        at,
        showing.key,
        this.known.change(at, (twins) => showing.release(twins)),
      );
    return sighting;
  }

  /** There is no room to tell twins apart: which of them are new is not known, how many is. */
  #byCount(at: number, times: number, digest: number): Sighting {
    if (times <= this.known.knownOf(at)) return known;
    this.undecided++;
    return this.#new(at, digest);
  }

  /** Another source may have kept the one that waits, and damage may have taken the known one. */
  #endWaiting(at: number): void {
    const digest = this.#others.get(at);
    if (this.known.knownOf(at) === 1 && this.known.digestOf(at) !== undefined) {
      this.#decidedKnown++;
      if (digest === noNames || digest === this.known.digestOf(at)) return;
      this.known.renameOnly(at, digest);
      this.#renamed.push(at, 1, digest);
    } else this.#showingOf(at, 1, `${this.#options.day} ${this.known.identityOf(at)}`, this.#pages.get(at));
  }

  #apply(at: number, key: IdentityKey, decision: Decision): void {
    const { left } = this.#options;
    this.undecided += decision.undecided;
    this.#decidedKnown += decision.known;
    for (const [ordinal, digest] of decision.renamed) this.#renamed.push(at, ordinal, digest);
    for (const { ordinal, digest, record } of decision.released) {
      if (record === undefined) {
        left.want(key);
        this.#decidedKnown++;
      } else {
        this.#fresh.push(at, ordinal, digest);
        this.#decided.push({ record, ordinal });
      }
    }
  }

  #written(list: readonly number[]): Buffer {
    const bytes = Buffer.allocUnsafe((list.length / 3) * knownBytes);
    for (let i = 0; i < list.length; i += 3)
      this.known.write(
        list[i] as number,
        list[i + 1] as number,
        list[i + 2] as number,
        bytes,
        (i / 3) * knownBytes,
      );
    return bytes;
  }
}

function pagesMove(): SourceError {
  return new SourceError(
    "page_loop",
    "too many records are shown on two pages of one answer",
    "it is read again; if it stays, report it to W&B support",
  );
}
