import { entryTime } from "../../record/entry.ts";
import { isLogDay } from "../../record/log-days.ts";
import type { RawRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";
import { slotMs } from "./spread.ts";

const daySeconds = 86_400;
const slotSeconds = slotMs / 1000;

/** What a source has to know of a passage's entries in place of reading them. */
export interface Noted {
  /** How many there are. */
  readonly entries: number;
  /** Whole seconds of the first and the last of them. */
  readonly oldest: number;
  readonly newest: number;
  /** How many are in each ten minutes, which begin at `seconds`; in the order in which these first appear. */
  readonly slots: readonly (readonly [seconds: number, entries: number])[];
}

/** Writes it as whole numbers; undefined where one of the records is not a dated entry of the log. */
export function notesOf(records: readonly RawRecord[]): readonly number[] | undefined {
  const times: Instant[] = [];
  for (const { entry, page } of records) {
    const time = entry === undefined || page !== undefined ? undefined : entryTime(entry);
    if (time === undefined || !isLogDay(Math.floor(time.seconds / daySeconds))) return undefined;
    times.push(time);
  }
  return times.length === 0 ? undefined : timesNotes(times);
}

/** The same of dated entries of the log, by their times alone; there is at least one. */
export function timesNotes(times: readonly Instant[]): readonly number[] {
  let oldest = Number.POSITIVE_INFINITY;
  let newest = 0;
  const slots = new Map<number, number>();
  let last = Number.POSITIVE_INFINITY;
  let ofLast = 0;
  let before: Instant | undefined;
  const note = () => void slots.set(last, (slots.get(last) ?? 0) + ofLast);
  for (const time of times) {
    // Neighbours often have one and the same.
    if (time !== before) {
      const { seconds } = time;
      if (seconds < oldest) oldest = seconds;
      if (seconds > newest) newest = seconds;
      if (seconds < last || seconds >= last + slotSeconds) {
        if (ofLast > 0) note();
        last = seconds - (seconds % slotSeconds);
        ofLast = 0;
      }
      before = time;
    }
    ofLast++;
  }
  note();
  return [times.length, oldest, newest, ...[...slots].flat()];
}

/** What `notesOf` wrote. */
export function noted(notes: ArrayLike<number>): Noted {
  const [entries, oldest, newest, ...rest] = Array.from(notes) as [number, number, number, ...number[]];
  const slots: [number, number][] = [];
  for (let at = 0; at < rest.length; at += 2) slots.push([rest[at] as number, rest[at + 1] as number]);
  return { entries, oldest, newest, slots };
}
