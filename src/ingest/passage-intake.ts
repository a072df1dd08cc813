import type { EntryRows } from "../record/entry-rows.ts";
import type { Passage } from "../record/passage.ts";
import type { RawRecord } from "../record/record.ts";
import { PassagePlaces, runsIn } from "./passage-places.ts";
import type { Passages } from "./passages.ts";
import type { Sightings } from "./sightings.ts";

/** Into which read a passage goes. */
export interface PassageWay {
  readonly read: Pick<Sightings, "numberingOf" | "seeKnown" | "trace">;
  /** The way of a record that is looked at. */
  see(record: RawRecord): void;
  /** The way of entries that are looked at in rows. */
  seeAll(rows: EntryRows): void;
  /** So many known records of a ledger day were shown again. */
  again(day: number, records: number): void;
}

/**
 * Brings a passage into a read. What the ledger knows, by the numbers that were remembered, is counted; all
 * that counting alone does not decide is read and goes the way of every record. Gives back how many there
 * are.
 */
export function takePassage(passage: Passage, passages: Passages, way: PassageWay): number {
  const places = passages.placesOf(passage.fingerprint);
  if (places !== undefined && way.read.numberingOf(places[0] as number) === places[1])
    return countAgain(passage, places, way);
  return learn(passage, passages, way);
}

function countAgain(passage: Passage, places: ArrayLike<number>, { read, see, again }: PassageWay): number {
  const day = places[0] as number;
  let records: readonly RawRecord[] | undefined;
  let index = 0;
  // A copy: what is remembered may move while a record is looked at.
  for (const { first, count, digest } of [...runsIn(places)]) {
    const end = first + count;
    for (let at = first; at < end; at++) {
      const known = read.seeKnown(day, at, end - at, digest);
      if (known > 0) again(day, known);
      index += known;
      at += known;
      if (at === end) break;
      records ??= passage.records();
      see(records[index] as RawRecord);
      index++;
    }
  }
  return index;
}

function learn(passage: Passage, passages: Passages, { read, see, seeAll }: PassageWay): number {
  const places = new PassagePlaces();
  const { rows } = passage;
  const records = rows === undefined ? passage.records() : [];
  read.trace = places;
  if (rows === undefined) for (const record of records) see(record);
  else seeAll(rows);
  read.trace = undefined;
  if (places.ofOneDay) passages.put(passage.fingerprint, passage.notes, places.numbers);
  return rows?.count ?? records.length;
}
