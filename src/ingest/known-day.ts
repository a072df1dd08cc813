import { type KnownPiece, knownBytes } from "../spool/store.ts";
import type { Identity } from "./identity.ts";
import { IdentityTable, type NewScratch } from "./identity-table.ts";
import { noNames } from "./names.ts";
import { NumberColumn } from "./number-column.ts";
import { Twins } from "./twins.ts";

let lastNumbering = 0;

/**
 * What is known of one ledger day, whoever showed it: of each identity a count and a digest. Few identities
 * have twins that differ, or that are due: these have `Twins`.
 */
export class KnownDay {
  /** Records that are known. */
  count = 0;
  /** Identities have numbers of their own in each. */
  readonly numbering = ++lastNumbering;
  readonly #identities: IdentityTable;
  readonly #knownOf = new NumberColumn(4);
  /** None for most days. */
  #twins: Map<number, Twins> | undefined;

  /** See `IdentityTable`. */
  constructor(scratch?: NewScratch, mostInMemory?: number) {
    this.#identities = new IdentityTable(scratch, mostInMemory);
  }

  /** Forgets what is known, and takes over what the disk has. The numbers of identities stay. */
  load(pieces: Iterable<KnownPiece>): void {
    for (const _ of this.loading(pieces));
  }

  /** The same, a piece at each step: nothing may be asked until the last one is done. */
  *loading(pieces: Iterable<KnownPiece>): Generator<void, void> {
    this.count = 0;
    this.#knownOf.clear();
    this.#twins = undefined;
    const ordinals = new Map<string, NumberColumn>();
    // Where nothing was there before, and nothing is kept once more, the first of twins comes but once.
    let firstIsNew = this.#identities.size === 0;
    this.#identities.loading();
    try {
      for (const piece of pieces) {
        firstIsNew &&= piece.form === "known";
        if (piece.form === "identities") this.#loadIdentities(piece.bytes, piece.source, ordinals);
        else this.#loadRecords(piece.bytes, piece.form, firstIsNew);
        yield;
      }
    } finally {
      this.#identities.loaded();
    }
    this.#tidyAll();
  }

  /** The number of an identity; it gets one when it has none. */
  numberOf(identity: Identity): number {
    return this.#identities.numberOf(identity);
  }

  /** Numbers for new ones, see `IdentityTable.addNew`. */
  numberNew(words: Uint32Array, from: number, count: number): number {
    return this.#identities.addNew(words, from, count);
  }

  /** How many records of the identity are known. */
  knownOf(at: number): number {
    return this.#twins?.get(at)?.known ?? this.#knownOf.get(at);
  }

  /** How many identities have a number. */
  get identities(): number {
    return this.#identities.size;
  }

  /** The digest that all known records of the identity show; undefined where they differ, or one is due. */
  digestOf(at: number): number | undefined {
    return this.#twins?.has(at) !== true ? this.#commonDigest(at) : undefined;
  }

  /** The digest of the first of them. */
  firstDigestOf(at: number): number {
    return this.#twins?.get(at)?.firstDigest ?? this.#commonDigest(at);
  }

  /** How many names its twins may have. */
  namesOf(at: number): number {
    const twins = this.#twins?.get(at);
    return twins === undefined ? 1 : twins.known + twins.due;
  }

  /** The identity with a number. */
  identityOf(at: number): Identity {
    const bytes = new DataView(new ArrayBuffer(knownBytes));
    this.write(at, 0, 0, bytes, 0);
    return Buffer.from(bytes.buffer).toString("latin1", 0, 16);
  }

  /** One more record becomes known. Gives back its ordinal among its twins, from 1. */
  add(at: number, digest: number): number {
    const known = this.#knownOf.get(at);
    const alike = this.#commonDigest(at) === digest;
    if (this.#twins?.has(at) || (known > 0 && !alike)) return this.change(at, (twins) => twins.add(digest));
    this.#knownOf.set(at, known + 1);
    this.#identities.setDigest(at, digest);
    this.count++;
    return known + 1;
  }

  /** The same of so many that had no numbers before and have them in a row now, without names. */
  addNew(first: number, count: number): void {
    this.#knownOf.fill(first, count, 1);
    this.count += count;
  }

  /** One record is known, with this ordinal. */
  put(at: number, ordinal: number, digest: number): void {
    if (this.#twins?.has(at) !== true && this.#knownOf.get(at) === ordinal - 1) this.add(at, digest);
    else this.change(at, (twins) => twins.put(ordinal, digest, false));
  }

  /** The one known record of the identity shows another digest. */
  renameOnly(at: number, digest: number): void {
    this.#identities.setDigest(at, digest);
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
    let twins = this.#twins?.get(at);
    if (twins !== undefined) return twins;
    twins = new Twins();
    for (let known = this.#knownOf.get(at); known > 0; known--) twins.add(this.#commonDigest(at));
    this.#twins ??= new Map();
    this.#twins.set(at, twins);
    return twins;
  }

  /** Twins that do not differ any more need no list of their own. */
  tidy(at: number): void {
    const twins = this.#twins?.get(at);
    const digest = twins?.uniform();
    if (twins === undefined || digest === undefined) return;
    this.#twins?.delete(at);
    this.#knownOf.set(at, twins.known);
    this.#identities.setDigest(at, digest);
  }

  /** A record as the ledger keeps it on disk, see `knownBytes`. */
  write(at: number, ordinal: number, digest: number, into: DataView, offset: number): void {
    this.#identities.write(at, into, offset);
    into.setUint32(offset + 16, digest, true);
    into.setUint32(offset + 20, ordinal, true);
  }

  get byteLength(): number {
    let bytes = this.#identities.byteLength + this.#knownOf.byteLength;
    for (const twins of this.#twins?.values() ?? []) bytes += twins.byteLength;
    return bytes;
  }

  /** It is used no more. */
  close(): void {
    this.#identities.close();
  }

  #tidyAll(): void {
    for (const at of [...(this.#twins?.keys() ?? [])]) this.tidy(at);
  }

  /** 0 where nothing is known. */
  #commonDigest(at: number): number {
    return this.#knownOf.get(at) === 0 ? noNames : this.#identities.digestOf(at);
  }

  #loadRecords(records: Buffer, form: "known" | "due" | "names", firstIsNew: boolean): void {
    const identities = this.#identities;
    for (let from = 0; from + knownBytes <= records.length; from += knownBytes) {
      const isNew = firstIsNew && records.readUInt32LE(from + 20) === 1;
      const at = isNew ? identities.addIn(records, from) : identities.numberIn(records, from);
      const digest = records.readUInt32LE(from + 16);
      const ordinal = records.readUInt32LE(from + 20);
      if (form === "known") this.put(at, ordinal, digest);
      else if (form === "due") this.change(at, (twins) => twins.put(ordinal, digest, true));
      else if (this.#twins?.has(at) !== true && this.#knownOf.get(at) === 1 && ordinal === 1)
        this.#identities.setDigest(at, digest);
      else if (this.twinsOf(at).has(ordinal)) this.change(at, (twins) => twins.name(ordinal, digest));
    }
  }

  /** The form of earlier versions: the ordinal is how often the source had kept the identity before. */
  #loadIdentities(identities: Buffer, source: string, ordinals: Map<string, NumberColumn>): void {
    const counts = ordinals.get(source) ?? new NumberColumn(4);
    ordinals.set(source, counts);
    for (let from = 0; from + 16 <= identities.length; from += 16) {
      const at = this.#identities.numberIn(identities, from);
      const ordinal = counts.get(at) + 1;
      counts.set(at, ordinal);
      if (ordinal > this.knownOf(at)) this.add(at, this.#commonDigest(at));
    }
  }
}
