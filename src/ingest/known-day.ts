import { type KnownPiece, knownBytes } from "../spool/store.ts";
import { Twins } from "./twins.ts";

const identityWords = 4;
const none = 0xffffffff;

/**
 * What is known of one ledger day, whoever showed it. Open addressing over typed arrays: an identity takes
 * its 16 bytes, a count, a digest, and two places that are at most half full. A million take 32 MB, where a
 * Map of strings takes more than 100. Few identities have twins that differ, or that are due: these have
 * `Twins`.
 */
export class KnownDay {
  /** Records that are known. */
  count = 0;
  /** Identities that have a number: all below it. */
  size = 0;
  #words = new Uint32Array(64 * identityWords);
  #knownOf = new Uint32Array(64);
  #digestOf = new Uint32Array(64);
  #places = new Uint32Array(128).fill(none);
  readonly #twins = new Map<number, Twins>();

  /** Forgets what is known, and takes over what the disk has. The numbers of identities stay. */
  load(pieces: readonly KnownPiece[]): void {
    this.count = 0;
    this.#knownOf.fill(0);
    this.#digestOf.fill(0);
    this.#twins.clear();
    const ordinals = new Map<string, Uint32Array>();
    for (const piece of pieces)
      if (piece.form === "identities") this.#loadIdentities(piece.bytes, piece.source, ordinals);
      else this.#loadRecords(piece.bytes, piece.form);
    for (const at of [...this.#twins.keys()]) this.tidy(at);
  }

  /** The number of an identity, 32 hexadecimal digits; it gets one when it has none. */
  numberOf(identity: string): number {
    return this.#number(word(identity, 0), word(identity, 8), word(identity, 16), word(identity, 24));
  }

  /** How many records of the identity are known. */
  knownOf(at: number): number {
    return this.#twins.get(at)?.known ?? (this.#knownOf[at] as number);
  }

  /** The digest that all known records of the identity show; undefined where they differ, or one is due. */
  digestOf(at: number): number | undefined {
    return this.#twins.has(at) ? undefined : this.#digestOf[at];
  }

  /** The digest of the first of them. */
  firstDigestOf(at: number): number {
    return this.#twins.get(at)?.firstDigest ?? (this.#digestOf[at] as number);
  }

  /** How many names its twins may have. */
  namesOf(at: number): number {
    const twins = this.#twins.get(at);
    return twins === undefined ? 1 : twins.known + twins.due;
  }

  /** The identity with a number. */
  identityOf(at: number): string {
    const bytes = Buffer.allocUnsafe(knownBytes);
    this.write(at, 0, 0, bytes, 0);
    return bytes.toString("hex", 0, 16);
  }

  /** One more record becomes known. Gives back its ordinal among its twins, from 1. */
  add(at: number, digest: number): number {
    const known = this.#knownOf[at] as number;
    const alike = this.#digestOf[at] === digest;
    if (this.#twins.has(at) || (known > 0 && !alike)) return this.change(at, (twins) => twins.add(digest));
    this.#knownOf[at] = known + 1;
    this.#digestOf[at] = digest;
    this.count++;
    return known + 1;
  }

  /** One record is known, with this ordinal. */
  put(at: number, ordinal: number, digest: number): void {
    if (!this.#twins.has(at) && this.#knownOf[at] === ordinal - 1) this.add(at, digest);
    else this.change(at, (twins) => twins.put(ordinal, digest, false));
  }

  /** The one known record of the identity shows another digest. */
  renameOnly(at: number, digest: number): void {
    this.#digestOf[at] = digest;
  }

  /** Changes the twins of the identity. */
  change<Result>(at: number, work: (twins: Twins) => Result): Result {
    const twins = this.twinsOf(at);
    this.count -= twins.known;
    const result = work(twins);
    this.count += twins.known;
    return result;
  }

  twinsOf(at: number): Twins {
    let twins = this.#twins.get(at);
    if (twins !== undefined) return twins;
    twins = new Twins();
    for (let known = this.#knownOf[at] as number; known > 0; known--) twins.add(this.#digestOf[at] as number);
    this.#twins.set(at, twins);
    return twins;
  }

  /** Twins that do not differ any more need no list of their own. */
  tidy(at: number): void {
    const twins = this.#twins.get(at);
    const digest = twins?.uniform();
    if (twins === undefined || digest === undefined) return;
    this.#twins.delete(at);
    this.#knownOf[at] = twins.known;
    this.#digestOf[at] = digest;
  }

  /** A record as the ledger keeps it on disk, see `knownBytes`. */
  write(at: number, ordinal: number, digest: number, into: Buffer, offset: number): void {
    for (let word = 0; word < identityWords; word++)
      into.writeUInt32LE(this.#words[at * identityWords + word] as number, offset + word * 4);
    into.writeUInt32LE(digest, offset + 16);
    into.writeUInt32LE(ordinal, offset + 20);
  }

  get byteLength(): number {
    let bytes = this.#words.byteLength + this.#knownOf.byteLength + this.#digestOf.byteLength;
    bytes += this.#places.byteLength;
    for (const twins of this.#twins.values()) bytes += twins.byteLength;
    return bytes;
  }

  #loadRecords(records: Buffer, form: "known" | "due" | "names"): void {
    for (let from = 0; from + knownBytes <= records.length; from += knownBytes) {
      const at = this.#numberIn(records, from);
      const digest = records.readUInt32LE(from + 16);
      const ordinal = records.readUInt32LE(from + 20);
      if (form === "known") this.put(at, ordinal, digest);
      else if (form === "due") this.change(at, (twins) => twins.put(ordinal, digest, true));
      else if (!this.#twins.has(at) && this.#knownOf[at] === 1 && ordinal === 1) this.#digestOf[at] = digest;
      else if (this.twinsOf(at).has(ordinal)) this.change(at, (twins) => twins.name(ordinal, digest));
    }
  }

  /** The form of earlier versions: the ordinal is how often the source had kept the identity before. */
  #loadIdentities(identities: Buffer, source: string, ordinals: Map<string, Uint32Array>): void {
    for (let from = 0; from + 16 <= identities.length; from += 16) {
      const at = this.#numberIn(identities, from);
      let counts = ordinals.get(source) ?? new Uint32Array(this.#knownOf.length);
      if (counts.length < this.#knownOf.length)
        counts = resized(counts, new Uint32Array(this.#knownOf.length));
      ordinals.set(source, counts);
      const ordinal = (counts[at] as number) + 1;
      counts[at] = ordinal;
      if (ordinal > this.knownOf(at)) this.add(at, this.#digestOf[at] as number);
    }
  }

  #numberIn(bytes: Buffer, from: number): number {
    return this.#number(
      bytes.readUInt32LE(from),
      bytes.readUInt32LE(from + 4),
      bytes.readUInt32LE(from + 8),
      bytes.readUInt32LE(from + 12),
    );
  }

  /**
   * An identity is a hash already, so its first word is as good as any hash of it.
   */
  #number(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    const places = this.#places;
    const mask = places.length - 1;
    let place = a & mask;
    for (;;) {
      const found = places[place] as number;
      if (found === none) break;
      const at = found * identityWords;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return found;
      place = (place + 1) & mask;
    }
    if (this.size === this.#knownOf.length) {
      this.#grow();
      return this.#number(a, b, c, d);
    }
    const made = this.size++;
    words[made * identityWords] = a;
    words[made * identityWords + 1] = b;
    words[made * identityWords + 2] = c;
    words[made * identityWords + 3] = d;
    places[place] = made;
    return made;
  }

  #grow(): void {
    const size = this.size * 2;
    this.#words = resized(this.#words, new Uint32Array(size * identityWords));
    this.#knownOf = resized(this.#knownOf, new Uint32Array(size));
    this.#digestOf = resized(this.#digestOf, new Uint32Array(size));
    const mask = size * 2 - 1;
    this.#places = new Uint32Array(size * 2).fill(none);
    for (let entry = 0; entry < this.size; entry++) {
      let place = (this.#words[entry * identityWords] as number) & mask;
      while (this.#places[place] !== none) place = (place + 1) & mask;
      this.#places[place] = entry;
    }
  }
}
function resized<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Value of each hexadecimal digit by its character code. */
const digitOf = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) {
  digitOf[digit.toString(16).charCodeAt(0)] = digit;
  digitOf[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Eight hexadecimal digits as the little-endian word of their four bytes. */
function word(hex: string, at: number): number {
  return (
    (byte(hex, at) | (byte(hex, at + 2) << 8) | (byte(hex, at + 4) << 16) | (byte(hex, at + 6) << 24)) >>> 0
  );
}

function byte(hex: string, at: number): number {
  return ((digitOf[hex.charCodeAt(at)] as number) << 4) | (digitOf[hex.charCodeAt(at + 1)] as number);
}
