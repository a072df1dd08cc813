import type { SpooledRecord } from "../record/record.ts";
import type { ChainHead } from "./archives.ts";
import type { ClosedDay } from "./closed-day.ts";
import type { SideCause } from "./spool.ts";
import type { BookRow, ReplacedState, SourceState } from "./spool-state.ts";

/** When something happened, as far as it is known: epoch milliseconds, each bound absent where it is not. */
export interface Passed {
  readonly after?: number;
  readonly before?: number;
}

/** A record that the ledger knows by this identity. */
export interface KnownTwin {
  /** Among its twins, from 1. */
  readonly ordinal: number;
  /** The `seq` of the first record that was kept together with it. */
  readonly firstSeq: number;
  /** How many of its ledger day were kept together. */
  readonly count: number;
  /** When they were kept, epoch milliseconds; absent where none of them is in the spool any more. */
  readonly observed?: number;
  /** It was lost, and is kept once more when the source shows it. */
  readonly due: boolean;
}

/** What became of a record for one output, as far as the state tells. */
export interface OutputTrace {
  readonly output: string;
  readonly position: number;
  readonly abandoned: boolean;
  /** Whether the position has passed it. */
  readonly beyond: boolean;
  /** When it did. */
  readonly passed: Passed;
  /** It was given up. Times are epoch milliseconds. */
  readonly letter?: { readonly reason: string; readonly detail: string; readonly at: number };
  /** It waits beside the run. */
  readonly side?: {
    readonly cause: SideCause;
    readonly reason: string;
    readonly detail: string;
    readonly at: number;
  };
  /** It lies in a stretch that is sent once more. */
  readonly again: boolean;
  /** Nothing is sent before a person has said what the change of its destination means. */
  readonly moved: boolean;
}

/** How many dead letters of a UTC day an output has for a reason. */
export interface LettersOfDay {
  readonly source: string;
  readonly output: string;
  readonly reason: string;
  readonly events: number;
}

/** How far the spool's order goes: what is before `oldest` was removed. */
export interface SpoolExtent {
  readonly oldest: number;
  readonly head: number;
}

/**
 * What can be asked about single events. Every call is short: what takes long is asked in steps. Uids and
 * identities are 32 hexadecimal digits. Throws SpoolError.
 */
export interface EventLookup {
  extent(question: Record<never, never>): SpoolExtent;
  /**
   * Looks for a uid among what lies before `before`, the newest first. Gives back up to where it has looked:
   * ask again with that while it is above the extent's oldest.
   */
  scan(question: { readonly uid: string; readonly before: number }): {
    readonly record?: SpooledRecord;
    readonly before: number;
  };
  /**
   * The uids of what lies before `before`, the newest first, as base64 of 16 bytes each; goes on as `scan`.
   * Whoever looks for many uids looks through the spool once.
   */
  uids(question: { readonly before: number }): { readonly uids: string; readonly before: number };
  /** Looks for a uid among the records that were kept together with the one at `firstSeq`. */
  inAppend(question: { readonly uid: string; readonly firstSeq: number }): {
    readonly record?: SpooledRecord;
  };
  /** Looks for a uid among dead letters and what waits beside a run. */
  beside(question: { readonly uid: string }): { readonly record?: SpooledRecord };
  /** The days that the ledger knows something of, the newest first. */
  days(question: { readonly instance: string }): { readonly days: readonly number[] };
  /**
   * Which records of a ledger day have this identity, among those kept after the record `after`; -1 for all.
   * With `after` in the answer there may be more behind that.
   */
  twins(question: {
    readonly instance: string;
    readonly day: number;
    readonly identity: string;
    readonly after: number;
  }): { readonly twins: readonly KnownTwin[]; readonly after?: number };
  /** The identities of a ledger day, as base64 of 16 bytes each; `after` as for `twins`. */
  identities(question: { readonly instance: string; readonly day: number; readonly after: number }): {
    readonly identities: string;
    readonly after?: number;
  };
  /** Of a record that is one of those from `first` through `last`, for each output by name. */
  traces(question: { readonly uid: string; readonly first: number; readonly last: number }): {
    readonly outputs: readonly OutputTrace[];
  };
  /** How far each source was read. */
  sources(question: Record<never, never>): { readonly sources: readonly SourceState[] };
  /**
   * How a UTC day of a source was closed last; `reopened`: as `isReopened`. `covered`: another source of its
   * instance has closed it, and what this one kept with it.
   */
  closed(question: { readonly source: string; readonly day: number }): {
    readonly closed?: ClosedDay;
    readonly reopened?: boolean;
    readonly covered: boolean;
  };
  /** The books of one UTC day, by source and output. */
  books(question: { readonly day: number }): { readonly books: readonly BookRow[] };
  /** The dead letters that there are of one UTC day. */
  letters(question: { readonly day: number }): { readonly letters: readonly LettersOfDay[] };
  /**
   * How many records of one UTC day waited for outputs when these were taken out of the configuration, by
   * source and output.
   */
  left(question: { readonly day: number }): {
    readonly left: readonly { readonly source: string; readonly output: string; readonly records: number }[];
  };
  /** When a state that was here before was lost and a person accepted that, epoch milliseconds. */
  losses(question: Record<never, never>): { readonly losses: readonly number[] };
  /** As `SpoolState.replaced`. */
  replaced(question: Record<never, never>): { readonly replaced: readonly ReplacedState[] };
  /** The newest manifest of each output that makes them. */
  heads(question: Record<never, never>): {
    readonly heads: readonly (ChainHead & { readonly output: string })[];
  };
}

/** The same for who stands elsewhere: every answer is a promise. */
export type AskedLookup = {
  readonly [Name in keyof EventLookup]: (
    question: Parameters<EventLookup[Name]>[0],
  ) => Promise<ReturnType<EventLookup[Name]>>;
};
