import { place } from "../record/known-keys.ts";
import { sameBytes } from "../text/same-bytes.ts";

/** Where in memory the values of an event stand, by the place of their key. */
interface Places {
  /** A bit for each key that has a value. */
  readonly present: number;
  readonly view: DataView;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Whose values may be one: an actor acts upon itself often enough. */
export const people = [place.actor_user_id, place.actor_email, place.user_asset, place.user_email] as const;
const affected = (1 << place.user_asset) | (1 << place.user_email);

/** A bit for each two of the keys that name people whose values are the same. */
export function samePeople(event: Places): number {
  // Most actions are about nobody.
  if ((event.present & affected) === 0) return isSame(event, people[0], people[1]) ? 1 : 0;
  let same = 0;
  let bit = 1;
  for (let one = 0; one < people.length; one += 1)
    for (let other = one + 1; other < people.length; other += 1, bit <<= 1)
      if (isSame(event, people[one] as number, people[other] as number)) same |= bit;
  return same;
}

function isSame({ present, view, starts, ends }: Places, one: number, other: number): boolean {
  const both = (1 << one) | (1 << other);
  if ((present & both) !== both) return false;
  const start = starts[one] as number;
  const from = starts[other] as number;
  const length = (ends[one] as number) - start;
  if ((ends[other] as number) - from !== length) return false;
  return sameBytes(view, start, view, from, length);
}
