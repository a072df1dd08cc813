import { detached, type RawRecord } from "../record/record.ts";
import { recordMemory } from "../record/record-memory.ts";

/** Records that wait may take so much memory, and what is kept about identities with twins. */
const heldBytes = 4 * 1024 * 1024;
const showingBytes = 16 * 1024 * 1024;
/** About what each costs beside the record itself. */
const perRecord = 200;
const perShowing = 600;
const perName = 120;
const mostWanted = 10_000;

const mostDoubted = 100_000;

/** An identity of a ledger day. */
export type IdentityKey = `${number} ${string}`;

/** How much memory one read may take for what it cannot decide at once. */
export class Allowance {
  #held = 0;
  #holdsWanted = false;
  #showings = 0;
  readonly #wanted: ReadonlySet<IdentityKey>;

  /** `wanted`: what the read before had no room for. All else takes half of the room then. */
  constructor(wanted: ReadonlySet<IdentityKey>) {
    this.#wanted = wanted;
  }

  /** A copy of a record that waits, undefined where there is no room. One is always held. */
  hold(record: RawRecord, key: IdentityKey): RawRecord | undefined {
    const wanted = this.#wanted.has(key);
    const bytes = recordMemory(record) + perRecord;
    const first = this.#wanted.size > 0 ? wanted && !this.#holdsWanted : this.#held === 0;
    const most = this.#wanted.size > 0 && !wanted ? heldBytes / 2 : heldBytes;
    if (!first && this.#held + bytes > most) return undefined;
    this.#held += bytes;
    this.#holdsWanted ||= wanted;
    return detached(record);
  }

  /** Whether there is room for one more identity whose twins are told apart, and `names` of them known. */
  takeShowing(names: number): boolean {
    return this.#take(perShowing + perName * names);
  }

  /** Whether there is room for another name of such an identity, or for one that waits. */
  takeName(): boolean {
    return this.#take(perName);
  }

  #take(bytes: number): boolean {
    if (this.#showings > showingBytes) return false;
    this.#showings += bytes;
    return true;
  }
}

/** What one read leaves for the next one of its source. */
export class Unfinished {
  /** How often it showed what may be one entry on two pages, by identity and digest. */
  readonly shown = new Map<string, number>();
  /** New ones that it had no room to hold. */
  readonly wanted = new Set<IdentityKey>();
  /** Some of it was open under other names before: another read tells, and no further one for that. */
  renewed = false;
  /** It left more than can be remembered: those come in the reads after the next. */
  more = false;

  want(key: IdentityKey): void {
    if (this.wanted.size < mostWanted) this.wanted.add(key);
    else this.more = true;
  }

  doubt(key: IdentityKey, digest: number, times: number): void {
    const shown = `${key} ${digest}`;
    if (this.shown.size < mostDoubted || this.shown.has(shown)) this.shown.set(shown, times);
    else this.more = true;
  }

  /** Whether it leaves open what was open in the read `before`, and was renamed in between. */
  renews(before: Unfinished): boolean {
    if (before.renewed || this.shown.size === 0 || before.shown.size === 0) return false;
    const identities = new Set([...before.shown.keys()].map(identityIn));
    this.renewed = [...this.shown.keys()].some(
      (shown) => !before.shown.has(shown) && identities.has(identityIn(shown)),
    );
    return this.renewed;
  }

  /** How often it showed this one, 0 where there is no doubt. */
  timesOf(key: IdentityKey, digest: number): number {
    return this.shown.size === 0 ? 0 : (this.shown.get(`${key} ${digest}`) ?? 0);
  }
}

function identityIn(shown: string): string {
  return shown.slice(0, shown.lastIndexOf(" "));
}
