/** What one source has shown, as far as it is on disk. */
export interface LedgerOptions {
  /** The identities kept for a ledger day, 16 bytes each, twins repeated. */
  load(day: number): readonly Buffer[];
  /** How much the days that no current read uses may take in memory. */
  readonly maxIdleBytes?: number;
}

/**
 * Tells new records from known ones: a multiset of identities per ledger day. True twins are counted within
 * one read: the n-th time a read shows an identity it is new when fewer than n are known.
 */
export interface Ledger {
  /** A read starts: nothing has been seen yet. Also forgets what was announced new but never taken. */
  beginRead(): void;
  /** Takes note of one record; 0 when it is known, else its ordinal among its twins of that day, from 1. */
  see(day: number, identity: string): number;
  /**
   * The identities that were new since the last call, for the transaction that keeps their records. When that
   * fails: `forget`.
   */
  takeDelta(): ReadonlyMap<number, Buffer>;
  /** How many records of a day are known, and how many the current read has shown. */
  totals(day: number): { readonly known: number; readonly seen: number };
  /**
   * The disk is right: drops the memory, which is then loaded again. Between reads only, or after a failed
   * one.
   */
  forget(): void;
  /** Like `forget`, but at the next `beginRead`, so that a read in progress keeps its counts. */
  forgetSoon(): void;
}

const defaultIdleBytes = 96 * 1024 * 1024;

/** A ledger that remembers nothing yet: it loads the days that it is asked about. */
export function ledger({ load, maxIdleBytes = defaultIdleBytes }: LedgerOptions): Ledger {
  /** Least recently used first. */
  const days = new Map<number, DayLedger>();
  let epoch = 1;
  let forgetting = false;
  let lastDay = Number.NaN;
  let last: DayLedger | undefined;

  function dayLedger(day: number): DayLedger {
    if (day === lastDay && last !== undefined) return last;
    let found = days.get(day);
    if (found === undefined) {
      found = new DayLedger();
      for (const identities of load(day)) found.add(identities);
      days.set(day, found);
    }
    if (found.usedIn !== epoch) {
      found.begin(epoch);
      days.delete(day);
      days.set(day, found);
    }
    lastDay = day;
    last = found;
    return found;
  }

  function forget(): void {
    days.clear();
    last = undefined;
    forgetting = false;
  }

  /** Never a day of the current read: its counts of twins would be lost with it. */
  function dropIdleDays(): void {
    let bytes = 0;
    for (const day of days.values()) bytes += day.byteLength;
    for (const [day, { byteLength }] of days) {
      if (bytes <= maxIdleBytes) return;
      days.delete(day);
      bytes -= byteLength;
    }
  }

  return {
    beginRead() {
      if (forgetting) forget();
      for (const [day, { fresh }] of days) if (fresh.length > 0) days.delete(day);
      last = undefined;
      epoch++;
      dropIdleDays();
    },
    see: (day, identity) => dayLedger(day).see(identity),
    takeDelta() {
      const delta = new Map<number, Buffer>();
      for (const [day, known] of days) if (known.fresh.length > 0) delta.set(day, known.takeFresh());
      return delta;
    },
    totals(day) {
      const { known, seen } = dayLedger(day);
      return { known, seen };
    },
    forget,
    forgetSoon() {
      forgetting = true;
    },
  };
}

const identityWords = 4;
const none = 0xffffffff;
/** `epochs` are 16 bits; 0 means never. */
const epochLimit = 0xffff;

/**
 * Open addressing over typed arrays: each identity takes its 16 bytes, two counts, and two slots that are at
 * most half full. A million take 36 MB, where a Map of strings takes more than 100.
 */
class DayLedger {
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
