/** An output or a source that waits for a person: one is named, the other is "". */
export interface HoldRow {
  output: string;
  source: string;
  reason: string;
  /** Epoch milliseconds. */
  since: number;
  /** 1 where an event of our own told it. */
  told: number;
}

/** Own events of an action about an output, a source, or neither. */
export interface ToldRow {
  action: string;
  output: string;
  source: string;
  /** The last that was told, epoch milliseconds. */
  at: number;
  /** On that UTC day. */
  told: number;
  /** Since then, for want of room. */
  untold: number;
}

/** A part of the configuration as it was at the last start. */
export interface ConfiguredRow {
  part: string;
  digest: string;
}
