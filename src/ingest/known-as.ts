import { entryTime } from "../record/entry.ts";
import type { RawRecord } from "../record/record.ts";
import { undatedDay } from "../spool/store.ts";
import { utcDayOfMs } from "../time/clock.ts";
import { ledgerDay } from "./book-day.ts";
import { faultIdentity, faultUid, ledgerIdentity, uidOf, uidText } from "./identity.ts";

/** By what a record is known, and may be known. */
export interface KnownAs {
  /** 32 hexadecimal digits. */
  readonly identity: string;
  /** Of the ledger. */
  readonly day: number;
  /**
   * The uids that this one of its twins may have. An undated record's says on which day it was first seen:
   * none without `observed`, epoch milliseconds at which it was kept.
   */
  uidsOf(twin: { readonly ordinal: number; readonly observed?: number }): readonly string[];
}

/** What the ledger and the events of an instance call a record. */
export function knownAs(raw: RawRecord, instance: string): KnownAs {
  const { bytes, entry } = raw;
  const time = entry === undefined ? undefined : entryTime(entry);
  const identity =
    entry === undefined ? faultIdentity(bytes, instance) : ledgerIdentity(entry, time, instance);
  const day = time === undefined ? undefined : Math.floor(time.seconds / 86_400);
  const uidOn = (seen: number, ordinal: number) =>
    uidText(
      entry === undefined
        ? faultUid(bytes, instance, seen, ordinal)
        : uidOf(entry, time, instance, seen, ordinal),
    );
  return {
    identity: uidText(identity),
    day: day === undefined ? undatedDay : ledgerDay(day),
    uidsOf({ ordinal, observed }) {
      if (day !== undefined) return [uidOn(day, ordinal)];
      if (observed === undefined) return [];
      // It may have been seen before midnight, and kept after it.
      return [utcDayOfMs(observed), utcDayOfMs(observed) - 1].map((seen) => uidOn(seen, ordinal));
    },
  };
}
