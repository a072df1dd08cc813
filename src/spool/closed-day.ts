/** What a source shows of a UTC day, all of it, whether it was known before or not. */
export interface DayDigest {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Records, and how many of them are another one than all before. */
  readonly records: number;
  readonly identities: number;
  /**
   * SHA-256, as 64 hexadecimal digits, over a line for each identity in ascending order: the uid of the first
   * of its records, a space, how many there are, a line feed.
   */
  readonly digest: string;
}

/** The last look at a UTC day of a source, after which nothing more of it is expected. */
export interface ClosedDay extends DayDigest {
  /** Which closing of this day it is, from 1: a record that comes later opens the day again. */
  readonly closing: number;
  /** When, epoch milliseconds. */
  readonly at: number;
  /** How many records of the day had been kept of its instance by then, whichever source showed them. */
  readonly kept: number;
}

/** Clocks that are set by NTP do not step back so far, milliseconds. */
const aheadMs = 3_600_000;

/**
 * Whether the day has to be closed once more: something of it was kept since, as `kept` says, or the clock
 * was ahead when it was closed. `now` is epoch milliseconds.
 */
export function isReopened(closed: Pick<ClosedDay, "at" | "kept">, kept: number, now: number): boolean {
  return kept > closed.kept || closedAhead(closed.at, now);
}

/** Whether what was closed at `at` was closed by a clock that was ahead, epoch milliseconds. */
export function closedAhead(at: number, now: number): boolean {
  return at > now + aheadMs;
}
