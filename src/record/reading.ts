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

/** What a read that ended cleanly leaves. */
export interface ReadDone {
  /** Where the next read starts. Kept only now, after the clean end. */
  readonly next: Cursor;
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
  readonly gaps: readonly Gap[];
  /**
   * Things worth telling a person once: dialect found or changed. Free of secrets and of event
   * content.
   */
  readonly notices: readonly string[];
}
