import type { Scratch } from "../spool/scratch.ts";
import type { Identity } from "./identity.ts";
import { digestWord, identityWords, isRow, wordOf } from "./identity-row.ts";
import { OlderIdentities } from "./older-identities.ts";
import { RecentIdentities } from "./recent-identities.ts";

/** New scratch, in blocks of so many bytes. */
export type NewScratch = (blockBytes: number) => Scratch;

/** A power of two. */
const mostRecent = 65_536;

/**
 * Gives each identity a number, from 0 on, and keeps a digest beside it. A source shows a day in the same
 * order every time, so an identity is looked for behind the last one, and only then where all are. The last
 * 65,536 are in memory; of those before, a filter and what is being gone through.
 */
export class IdentityTable {
  readonly #scratch: NewScratch | undefined;
  readonly #most: number;
  readonly #recent = new RecentIdentities();
  #older: OlderIdentities | undefined;
  /** How many are in `#older`. */
  #olderSize = 0;
  #loading = false;
  /** The number of the one that most likely is asked for next. */
  #next = 0;

  /** Without `scratch` all stay in memory. */
  constructor(scratch?: NewScratch, most = mostRecent) {
    this.#scratch = scratch;
    this.#most = most;
  }

  /** Identities that have a number: all below it. */
  get size(): number {
    return this.#olderSize + this.#recent.size;
  }

  /** The number of an identity; it gets one when it has none. */
  numberOf(identity: Identity): number {
    return this.#number(wordOf(identity, 0), wordOf(identity, 4), wordOf(identity, 8), wordOf(identity, 12));
  }

  /**
   * Gives numbers to identities that stand in `words`, from `from` on, as long as they have none. Gives back
   * how many: theirs are the next ones.
   */
  addNew(words: Uint32Array, from: number, count: number): number {
    const { size } = this;
    const end = size + count;
    while (this.size < end) {
      const at = from + (this.size - size) * identityWords;
      const lacking = this.#lacks(words, at, end - this.size);
      if (this.#recent.addNew(words, at, lacking) < lacking) break;
      // What may be among the older ones, or has no room, is looked at by itself.
      if (this.size < end && !this.#isNewAt(words, from + (this.size - size) * identityWords)) break;
    }
    return this.size - size;
  }

  /** Whether an identity has one. */
  has(identity: Identity): boolean {
    return (
      this.#find(wordOf(identity, 0), wordOf(identity, 4), wordOf(identity, 8), wordOf(identity, 12)) !== -1
    );
  }

  /** The same as `numberOf` for the 16 bytes of an identity. */
  numberIn(bytes: Buffer, from: number): number {
    return this.#number(
      bytes.readUInt32LE(from),
      bytes.readUInt32LE(from + 4),
      bytes.readUInt32LE(from + 8),
      bytes.readUInt32LE(from + 12),
    );
  }

  /** The number that 16 bytes get which surely have none. */
  addIn(bytes: Buffer, from: number): number {
    return this.#add(
      bytes.readUInt32LE(from),
      bytes.readUInt32LE(from + 4),
      bytes.readUInt32LE(from + 8),
      bytes.readUInt32LE(from + 12),
    );
  }

  /** While very many come, nothing is made for each part of them that `loaded` can make for all. */
  loading(): void {
    this.#loading = true;
  }

  loaded(): void {
    this.#loading = false;
    this.#older?.filter(this.#olderSize);
  }

  /** 0 until one was set. */
  digestOf(at: number): number {
    return this.#rowsOf(at)[this.#offsetOf(at) + digestWord] as number;
  }

  setDigest(at: number, digest: number): void {
    if (at < this.#olderSize) this.#older?.rows.setDigest(at, digest);
    else this.#rowsOf(at)[this.#offsetOf(at) + digestWord] = digest;
  }

  /** Writes the 16 bytes of the identity with this number. */
  write(at: number, into: DataView, offset: number): void {
    const rows = this.#rowsOf(at);
    const from = this.#offsetOf(at);
    for (let word = 0; word < digestWord; word++)
      into.setUint32(offset + word * 4, rows[from + word] as number, true);
  }

  get byteLength(): number {
    return this.#recent.byteLength + (this.#older?.byteLength ?? 0);
  }

  /** It is used no more. */
  close(): void {
    this.#older?.close();
  }

  #number(a: number, b: number, c: number, d: number): number {
    const next = this.#next;
    if (next < this.size && isRow(this.#rowsOf(next), this.#offsetOf(next), a, b, c, d)) {
      this.#next = next + 1;
      return next;
    }
    const found = this.#find(a, b, c, d);
    // What is new stands between known ones: the next of these is still to come.
    if (found === -1) return this.#add(a, b, c, d);
    this.#next = found + 1;
    return found;
  }

  /** How many are surely not among the older ones, and have room among the last. */
  #lacks(words: Uint32Array, from: number, count: number): number {
    const room = this.#scratch === undefined ? count : Math.min(count, this.#most - this.#recent.size);
    return this.#older === undefined ? room : this.#older.lacks(words, from, room);
  }

  /** Whether it had no number. */
  #isNewAt(words: Uint32Array, at: number): boolean {
    const [a, b] = [words[at] as number, words[at + 1] as number];
    const { size } = this;
    return this.#number(a, b, words[at + 2] as number, words[at + 3] as number) === size;
  }

  #find(a: number, b: number, c: number, d: number): number {
    const recent = this.#recent.find(a, b, c, d);
    if (recent !== -1) return this.#olderSize + recent;
    return this.#older?.find(a, b, c, d, this.#next) ?? -1;
  }

  #add(a: number, b: number, c: number, d: number): number {
    if (this.#scratch !== undefined && this.#recent.size >= this.#most) this.#makeRoom(this.#scratch);
    return this.#olderSize + this.#recent.add(a, b, c, d);
  }

  #makeRoom(scratch: NewScratch): void {
    this.#older ??= new OlderIdentities(scratch, this.#most);
    this.#older.append(this.#recent.firstRows(), !this.#loading);
    this.#olderSize = this.#older.rows.size;
    this.#recent.clear();
  }

  #rowsOf(at: number): Uint32Array {
    const older = this.#olderSize;
    if (at >= older) return this.#recent.rowsOf(at - older);
    return (this.#older as OlderIdentities).rows.rowsOf(at);
  }

  #offsetOf(at: number): number {
    const older = this.#olderSize;
    if (at >= older) return this.#recent.offsetOf(at - older);
    return (this.#older as OlderIdentities).rows.offsetOf(at);
  }
}
