/** What an ordinal is: not used, known, or known before and to be kept once more. */
const free = 0;
const kept = 1;
const due = 2;

/** No digest: those are 32 bits. */
const anyDigest = -1;

/** The last version of any twins: a list that was loaded again is another one. */
let lastVersion = 0;

/** How many known and due twins show each digest of names. */
export interface Tally {
  readonly known: Map<number, number>;
  readonly due: Map<number, number>;
}

/**
 * The known records of one identity, each by its ordinal (from 1) with the digest of its names. Five bytes
 * each: somebody who guesses passwords can make a thousand of them in one second.
 */
export class Twins {
  /** Another one after every change. */
  version = ++lastVersion;
  known = 0;
  due = 0;
  /** The highest ordinal that was ever used. */
  #last = 0;
  #lowestFree = 1;
  #digests = new Uint32Array(4);
  #states = new Uint8Array(4);
  /** For a digest, or any: in front of this index none of them is due. As many digests as were asked for. */
  readonly #dueFrom = new Map<number, number>();

  /** What is on disk of one ordinal; of several, the last one counts. */
  put(ordinal: number, digest: number, isDue: boolean): void {
    this.#set(ordinal, isDue ? due : kept);
    this.#digests[ordinal - 1] = digest;
  }

  has(ordinal: number): boolean {
    return ordinal <= this.#last && this.#states[ordinal - 1] !== free;
  }

  /** One that is there shows another digest. */
  name(ordinal: number, digest: number): void {
    this.#digests[ordinal - 1] = digest;
    this.#dueFrom.clear();
    this.version = ++lastVersion;
  }

  /** One more becomes known. Gives back its ordinal. */
  add(digest: number): number {
    while (this.#lowestFree <= this.#last && this.#states[this.#lowestFree - 1] !== free) this.#lowestFree++;
    const ordinal = this.#lowestFree++;
    this.put(ordinal, digest, false);
    return ordinal;
  }

  /**
   * One that is due becomes known again: the first with this digest, or else the first. Gives back its
   * ordinal.
   */
  recover(digest: number): number {
    const ordinal = this.#firstDue(digest) ?? this.#firstDue(anyDigest);
    if (ordinal === undefined) throw new Error("nothing is due");
    this.put(ordinal, digest, false);
    return ordinal;
  }

  /**
   * Known ones that showed the key of `changes` show its digests now, as many as there are. Gives back which:
   * ordinals with their digests.
   */
  rename(changes: ReadonlyMap<number, readonly number[]>): (readonly [ordinal: number, digest: number])[] {
    const renamed: [number, number][] = [];
    const next = new Map<number, number>();
    for (let at = 0; at < this.#last; at++) {
      const before = this.#digests[at] as number;
      const index = next.get(before) ?? 0;
      const now = changes.get(before)?.[index];
      if (now === undefined || this.#states[at] !== kept) continue;
      next.set(before, index + 1);
      renamed.push([at + 1, now]);
    }
    for (const [ordinal, digest] of renamed) this.put(ordinal, digest, false);
    return renamed;
  }

  /** The ordinals of the known ones that show each digest, ascending. */
  ordinals(): Map<number, number[]> {
    const ordinals = new Map<number, number[]>();
    for (let at = 0; at < this.#last; at++) {
      if (this.#states[at] !== kept) continue;
      const digest = this.#digests[at] as number;
      const found = ordinals.get(digest);
      if (found === undefined) ordinals.set(digest, [at + 1]);
      else found.push(at + 1);
    }
    return ordinals;
  }

  tally(): Tally {
    const tally: Tally = { known: new Map(), due: new Map() };
    for (let at = 0; at < this.#last; at++) {
      const digest = this.#digests[at] as number;
      const counts = this.#states[at] === due ? tally.due : tally.known;
      if (this.#states[at] !== free) counts.set(digest, (counts.get(digest) ?? 0) + 1);
    }
    return tally;
  }

  /** The digest that all of them show, where they are known and have the ordinals from 1 on; or undefined. */
  uniform(): number | undefined {
    if (this.due > 0 || this.known !== this.#last) return undefined;
    const first = this.#digests[0] as number;
    for (let at = 1; at < this.#last; at++) if (this.#digests[at] !== first) return undefined;
    return first;
  }

  get firstDigest(): number {
    return this.#digests[0] as number;
  }

  get byteLength(): number {
    return this.#digests.byteLength + this.#states.byteLength + 200;
  }

  #firstDue(digest: number): number | undefined {
    const from = this.#dueFrom.get(digest) ?? 0;
    for (let at = from; at < this.#last; at++) {
      if (this.#states[at] !== due || (digest !== anyDigest && this.#digests[at] !== digest)) continue;
      this.#dueFrom.set(digest, at);
      return at + 1;
    }
    this.#dueFrom.set(digest, this.#last);
    return undefined;
  }

  #set(ordinal: number, state: number): void {
    while (ordinal > this.#states.length) this.#grow();
    const before = this.#states[ordinal - 1];
    if (before === kept) this.known--;
    if (before === due) this.due--;
    if (state === kept) this.known++;
    else this.due++;
    if (state === due || this.due === 0) this.#dueFrom.clear();
    this.#states[ordinal - 1] = state;
    this.#last = Math.max(this.#last, ordinal);
    this.version = ++lastVersion;
  }

  #grow(): void {
    const digests = new Uint32Array(this.#digests.length * 2);
    digests.set(this.#digests);
    this.#digests = digests;
    const states = new Uint8Array(this.#states.length * 2);
    states.set(this.#states);
    this.#states = states;
  }
}
