const identityWords = 4;
const none = 0xffffffff;
/** `epochs` are 16 bits; 0 means never. */
const epochLimit = 0xffff;

/**
 * Open addressing over typed arrays: each identity takes its 16 bytes, two counts, and two slots that are at
 * most half full. A million take 36 MB, where a Map of strings takes more than 100.
 */
export class DayLedger {
  known = 0;
  seen = 0;
  usedIn = 0;
  /** Entries that became known since the last take, one for each new twin. */
  fresh: number[] = [];
  #size = 0;
  #words = new Uint32Array(64 * identityWords);
  #knownOf = new Uint32Array(64);
  #seenOf = new Uint32Array(64);
  /** In which read `#seenOf` was last written: older counts are 0 without being cleared. */
  #epochOf = new Uint16Array(64);
  #slots = new Uint32Array(128).fill(none);
  #epoch = 1;

  get byteLength(): number {
    return (
      this.#words.byteLength +
      this.#knownOf.byteLength +
      this.#seenOf.byteLength +
      this.#epochOf.byteLength +
      this.#slots.byteLength
    );
  }

  begin(read: number): void {
    this.usedIn = read;
    this.seen = 0;
    if (this.#epoch === epochLimit) {
      this.#epochOf.fill(0);
      this.#epoch = 0;
    }
    this.#epoch++;
  }

  /** Loads identities that are known already. */
  add(identities: Buffer): void {
    for (let at = 0; at + 16 <= identities.length; at += 16) {
      const entry = this.#entry(
        identities.readUInt32LE(at),
        identities.readUInt32LE(at + 4),
        identities.readUInt32LE(at + 8),
        identities.readUInt32LE(at + 12),
      );
      this.#knownOf[entry] = (this.#knownOf[entry] as number) + 1;
      this.known++;
    }
  }

  see(identity: string): number {
    const entry = this.#entry(word(identity, 0), word(identity, 8), word(identity, 16), word(identity, 24));
    const seen = this.#epochOf[entry] === this.#epoch ? (this.#seenOf[entry] as number) + 1 : 1;
    this.#epochOf[entry] = this.#epoch;
    this.#seenOf[entry] = seen;
    this.seen++;
    if (seen <= (this.#knownOf[entry] as number)) return 0;
    this.#knownOf[entry] = seen;
    this.known++;
    this.fresh.push(entry);
    return seen;
  }

  takeFresh(): Buffer {
    const taken = Buffer.allocUnsafe(this.fresh.length * 16);
    let at = 0;
    for (const entry of this.fresh)
      for (let i = 0; i < identityWords; i++)
        at = taken.writeUInt32LE(this.#words[entry * identityWords + i] as number, at);
    this.fresh = [];
    return taken;
  }

  /**
   * Where an identity is, or now is. It is a hash already, so its first word is as good as any hash of it.
   */
  #entry(a: number, b: number, c: number, d: number): number {
    const words = this.#words;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = a & mask;
    for (;;) {
      const entry = slots[slot] as number;
      if (entry === none) break;
      const at = entry * identityWords;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return entry;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#knownOf.length) {
      this.#grow();
      return this.#entry(a, b, c, d);
    }
    const entry = this.#size++;
    const at = entry * identityWords;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = d;
    slots[slot] = entry;
    return entry;
  }

  #grow(): void {
    const size = this.#size * 2;
    this.#words = resized(this.#words, new Uint32Array(size * identityWords));
    this.#knownOf = resized(this.#knownOf, new Uint32Array(size));
    this.#seenOf = resized(this.#seenOf, new Uint32Array(size));
    this.#epochOf = resized(this.#epochOf, new Uint16Array(size));
    const mask = size * 2 - 1;
    this.#slots = new Uint32Array(size * 2).fill(none);
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = (this.#words[entry * identityWords] as number) & mask;
      while (this.#slots[slot] !== none) slot = (slot + 1) & mask;
      this.#slots[slot] = entry;
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
