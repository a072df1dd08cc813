import type { RawRecord } from "../record/record.ts";
import type { Unfinished } from "./allowance.ts";
import type { DecidedDay, WantsKnown } from "./decided.ts";
import type { KnownDay } from "./known-day.ts";
import type { NumberColumn } from "./number-column.ts";
import type { PassagePlaces } from "./passage-places.ts";
import type { Sighting } from "./showing.ts";

/** What one read has shown of a day: how often, by the numbers that identities have in `known`. */
export interface ShownTimes {
  readonly known: KnownDay;
  readonly times: NumberColumn;
}

/**
 * What one read of one source shows, beside what is known. Here the ways of sources part: a primary keeps
 * what is new (`LedgerRead`), a witness counts it (`WitnessRead`).
 */
export interface Sightings {
  /** What the next read of this source has to know. */
  readonly left: Unfinished;
  /** Told the place of every record that is seen. */
  trace: PassagePlaces | undefined;
  /** Wants the known ones too, and which of their twins they are. To be set before the first. */
  again: WantsKnown | undefined;
  /** Which of its twins the known one was that was seen last; 0 where it is none of them. */
  readonly twin: number;
  /** Takes note of one record on the `page`-th page, from 0, which is asked for where it has to wait. */
  see(day: number, identity: string, digest: number, page: number, record: () => RawRecord): Sighting;
  /**
   * Takes note of records of a day, on the first page and without names, whose identities stand in `words`
   * from `from` on, as long as all of them are new and nobody has met them. Gives back how many these are:
   * the next one is for `see`.
   */
  seeNew(day: number, words: Uint32Array, from: number, count: number): number;
  /** Which numbers the identities of a day have now. */
  numberingOf(day: number): number;
  /**
   * Records of a day whose identities have numbers in a row, all with this digest. Gives back how many of
   * them are plainly known: the next one is for `see`.
   */
  seeKnown(day: number, first: number, count: number, digest: number): number;
  /** What was decided since the last call of records that had waited. */
  takeDecided(): DecidedDay[];
  /** The records that were new since the last call, for the transaction that keeps them. */
  takeDelta(): ReadonlyMap<number, Buffer>;
  /** Known records that show other names now, since the last call, for the same transaction. */
  takeRenamed(): ReadonlyMap<number, Buffer>;
  /** The read ended cleanly: what still waits is decided. */
  end(): void;
  /** New records of which it cannot be told which of their twins they are. */
  readonly undecided: number;
  /** How many records of a day are known, and how many this read has shown. */
  totals(day: number): { readonly known: number; readonly seen: number };
  /** How often each identity of a day was shown; undefined where none was. */
  shownOf(day: number): ShownTimes | undefined;
  /** Nothing more is asked of this read. `failed`: the last delta was not kept, and the disk is right. */
  close(failed: boolean): void;
}
