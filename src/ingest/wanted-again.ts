import type { NewRecord } from "../record/record.ts";
import { NewRecords } from "../spool/chunk/new-records.ts";
import type { ReadFor, ShownRecords, TakenPiece } from "../spool/replays.ts";
import { knownBytes } from "../spool/store.ts";
import { type Clock, msOfInstant } from "../time/clock.ts";
import { turnOfOthers } from "../time/turn.ts";
import type { WantsKnown } from "./decided.ts";
import { type Identity, uidText } from "./identity.ts";
import { IdentityTable, type NewScratch } from "./identity-table.ts";

/** Others have their turn after so many milliseconds. */
const turnMs = 10;
const uidBytes = 16;

/** Which replay a read is for, and of which day. */
export interface WantedAgainOptions {
  readonly readFor: ReadFor;
  /** UTC day. */
  readonly day: number;
  /** As `Store.scratch`: of a large day as much is known as the ledger knows. */
  readonly scratch: NewScratch;
}

/**
 * The known records that one read shows and a replay wants: each once, however often it is shown, and none
 * that the output gets from the run. They go to disk with what the read brings.
 */
export class WantedAgain implements WantsKnown {
  readonly #options: WantedAgainOptions;
  readonly #uids: ReadonlySet<string> | undefined;
  readonly #taken: IdentityTable;
  #records = new NewRecords();
  #keys: string[] = [];

  constructor(options: WantedAgainOptions) {
    const { readFor, scratch } = options;
    this.#options = options;
    this.#uids = readFor.filter.uids === undefined ? undefined : new Set(readFor.filter.uids);
    this.#taken = new IdentityTable(scratch);
  }

  /** What is not wanted any more, with turns for others in between. */
  async load(pieces: Iterable<TakenPiece>, clock: Clock): Promise<void> {
    let began = clock.monotonic();
    for (const { form, bytes } of pieces) {
      if (form === "keys")
        for (let at = 0; at + uidBytes <= bytes.length; at += uidBytes) this.#taken.numberIn(bytes, at);
      else
        for (let at = 0; at + knownBytes <= bytes.length; at += knownBytes)
          this.#taken.numberOf(
            twinKey(bytes.toString("latin1", at, at + uidBytes), bytes.readUInt32LE(at + 20)),
          );
      if (clock.monotonic() - began < turnMs) continue;
      await turnOfOthers();
      began = clock.monotonic();
    }
  }

  /** A known record was shown: the `ordinal`-th, from 1, of its identity. */
  see(record: NewRecord, identity: Identity, ordinal: number): void {
    const { time, uid } = record;
    const { from, to } = this.#options.readFor.filter;
    if (time === undefined) return;
    const ms = msOfInstant(time);
    if (ms < from || ms >= to || this.#uids?.has(uidText(uid)) === false) return;
    const keys = ordinal === 1 ? [uid] : [uid, twinKey(identity, ordinal)];
    if (!keys.map((key) => this.#isNew(key)).every(Boolean)) return;
    // When it came is not known any more: it is no record that came late because it is shown again.
    this.#records.add({ ...record, late: false });
    this.#keys.push(...keys);
  }

  /** As `WantsKnown`; of what is not of the replay nobody knows that without its record. */
  isTaken(identity: Identity, ordinal: number): boolean {
    return this.#taken.has(twinKey(identity, ordinal));
  }

  /** Records that are not taken yet, and their bytes. */
  get count(): number {
    return this.#records.count;
  }

  get bytes(): number {
    return this.#records.bytes;
  }

  /** Empties it, for exactly one transaction; undefined where nothing is wanted. */
  take(): ShownRecords | undefined {
    if (this.#records.count === 0) return undefined;
    const { readFor, day } = this.#options;
    const shown = {
      id: readFor.id,
      day,
      records: this.#records,
      keys: Buffer.from(this.#keys.join(""), "latin1"),
    };
    this.#records = new NewRecords();
    this.#keys = [];
    return shown;
  }

  /** It is used no more. */
  close(): void {
    this.#taken.close();
  }

  #isNew(key: string): boolean {
    const before = this.#taken.size;
    return this.#taken.numberOf(key) >= before;
  }
}

/** By what one of several twins is known; the first one by its identity. */
function twinKey(identity: Identity, ordinal: number): string {
  if (ordinal === 1) return identity;
  const key = Buffer.from(identity, "latin1");
  key.writeUInt32LE((key.readUInt32LE(0) ^ ordinal) >>> 0, 0);
  return key.toString("latin1");
}
