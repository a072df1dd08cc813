/** Where a source got to. Opaque to everyone but the source that made it; survives restarts and upgrades. */
export type Cursor = string & { readonly __brand: "Cursor" };

/** A span of event time in epoch milliseconds; `to` is exclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** UTC days (days since the epoch) the source refuses or no longer holds. */
export interface Gap {
  readonly day: number;
  readonly reason: string;
}

/** A UTC day (days since the epoch) that a source has not read yet, and how often that failed in a row. */
export interface OwedDay {
  readonly day: number;
  readonly failures: number;
}

/** What a source's `start` means by now. Moments are epoch milliseconds. */
export interface Started {
  /** Records are wanted from here on. */
  readonly since: number;
  /**
   * Older records that the source has shown: at least so many, as what several answers showed is counted
   * once.
   */
  readonly leftOut: number;
  /** Wanted since `start` was set earlier, and not read. `fix` says what brings them. */
  readonly unread?: Window & { readonly fix: string };
}

/** What a person should know of a read, and what to do. */
export interface Concern {
  readonly detail: string;
  readonly fix: string;
}

/** What a read that ended cleanly leaves. */
export interface ReadDone {
  /** Where the next read starts. Kept only now, after the clean end. */
  readonly next: Cursor;
  /**
   * It need not be on disk at once: a start from an older cursor shows once more what is known, and leaves
   * nothing out.
   */
  readonly mayWait?: true;
  /** False: there is more to read at once (catching up). True: wait for the next interval. */
  readonly caughtUp: boolean;
  /** The span of which this read has shown everything the source holds. */
  readonly covered: Window;
  /**
   * Everything up to this moment has been read completely: the high watermark, epoch milliseconds. Lag and
   * lateness follow from it.
   */
  readonly watermark?: number;
  /** How far the source's clock is ahead of ours, milliseconds; absent where the read did not show it. */
  readonly clockGapMs?: number;
  /** The read broke off, and that is set aside: what it has not shown is still to be read. */
  readonly partial?: true;
  /** Something else of the source cannot be read still: what failed before is not over with this read. */
  readonly troubled?: true;
  /** The log is most likely another organization's than before. Its records are kept all the same. */
  readonly otherOrganization?: Concern;
  readonly gaps: readonly Gap[];
  /**
   * The UTC days of what was read in part and goes on: they stay known as if all of it had been shown, as one
   * day it may be.
   */
  readonly holds?: readonly [first: number, last: number];
  /** Records before this moment are not wanted any more: days that ended before it are no gaps. */
  readonly since?: number;
  /**
   * Things worth telling a person once: dialect found or changed. Free of secrets and of event
   * content.
   */
  readonly notices: readonly string[];
}

/** Which of the days that were read may be read once more, to see whether something came late. */
export interface SweepReach {
  /** Nothing before is wanted, epoch milliseconds. */
  readonly since: number;
  /** How many days back the source shows single days, where that is known. */
  readonly window?: number;
  /** UTC days that have not been read yet: that comes first. */
  readonly owed: readonly number[];
}

/** Of which UTC days a source is done, as far as what it has read tells. Days since the epoch. */
export interface Closing {
  /** The first day that was wanted as a whole. */
  readonly first: number;
  /** Nothing more of the day is expected at `now`, epoch milliseconds. */
  isOver(day: number, now: number): boolean;
}

/** One UTC day that is read on its own, whatever `start` says. */
export interface DayRequest {
  readonly day: number;
  /** The cursor of the steady reads, for what they have learned. */
  readonly cursor: Cursor | undefined;
  /** What the read before gave, of this day or of an earlier one. */
  readonly place: string | undefined;
}

/** What a read of one day leaves that ended cleanly. */
export interface DayDone {
  /** Opaque, for the next read: of the rest of this day, or of a later one. */
  readonly place?: string;
  /** False: another read shows more of the day. */
  readonly whole: boolean;
  /** Why the day, or a part of it, cannot be shown. */
  readonly gap?: string;
}
