import type { ReplacedState } from "../spool-state.ts";

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

/** What waited for an output when it was taken out of the configuration. */
export interface LeftRow {
  output: string;
  source: string;
  day: number;
  records: number;
}

/** As `ReplacedState`; `id` ascends in the order in which they were found. */
export interface ReplacedRow {
  id: number;
  found: ReplacedState["found"];
  at: number;
  fromAt: number | null;
  seenAt: number | null;
}
