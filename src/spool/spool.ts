import type { Cursor, ReadDone } from "../record/reading.ts";
import type { NewRecord, SpooledRecord } from "../record/record.ts";
import type { Instant } from "../time/clock.ts";

/** Ledger key of records without a valid time: they belong to no day. */
export const undatedDay = -1;

/** Knowledge that goes to disk with the records it is about: per ledger day the identities (16 bytes each, one per new record, twins repeated). */
export interface LedgerDelta {
  readonly identities: ReadonlyMap<number, Buffer>;
  /** What the books of each UTC day gain. `fetched` = `known` + the day's records in the same append, always. */
  readonly counts: readonly FetchCounts[];
}

export interface FetchCounts {
  readonly day: number;
  /** Records the source showed, re-reads included. */
  readonly fetched: number;
  /** Of these, known already. */
  readonly known: number;
}

/** How much one read for an output may bring. */
export interface Limit {
  readonly events: number;
  /** Bytes of the records; one record is always given, however large. */
  readonly bytes: number;
}

/** Records of one source and UTC day that an output is done with. */
export interface SettledCounts {
  readonly source: string;
  readonly day: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
}

export interface DeadLetter {
  readonly record: SpooledRecord;
  readonly reason: string;
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Backlog {
  readonly events: number;
  /** When the oldest record that is not settled was first seen, epoch milliseconds. */
  readonly oldestObserved?: number;
}

/** The books of one source and UTC day for one output. fetched - known = new = delivered + filtered + dead + skipped + lost + pending, always. */
export interface BookRow {
  readonly source: string;
  readonly day: number;
  readonly output: string;
  readonly fetched: number;
  readonly known: number;
  readonly new: number;
  readonly late: number;
  readonly unparseable: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  /** Pruned before this output existed, or while it was abandoned. */
  readonly skipped: number;
  /** Damaged on disk before this output was done with it (see `Damage`). What the source still has is fetched again and counted as new again. */
  readonly lost: number;
  readonly pending: number;
}

export interface Usage {
  readonly bytes: number;
  readonly maxBytes: number;
  /** The last append was refused, and the same would be refused now: reading the source again makes no sense yet. */
  readonly full: boolean;
  /** It is full for the sake of the disk: raising the limit would not help. */
  readonly diskFull: boolean;
}

export interface SourceState {
  readonly source: string;
  /** Everything up to here was read completely, epoch milliseconds. */
  readonly watermark?: number;
  /** When the newest read ended cleanly, epoch milliseconds. */
  readonly lastSuccess?: number;
  readonly newestEvent?: number;
  readonly gaps: readonly { readonly day: number; readonly reason: string }[];
}

export interface OutputState {
  readonly output: string;
  readonly position: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly backlog: Backlog;
  /** No longer in the configuration; does not hold back pruning. */
  readonly abandoned: boolean;
}

/**
 * Records that were found changed or missing on disk: `seq` from `firstSeq` to `firstSeq + count - 1` will not be read any
 * more. What an output still needed of them is forgotten by the ledger, so the next read that covers their days brings them
 * back under the same uid. With `count` 0, other state was damaged; `reason` says which and what was done.
 */
export interface Damage {
  readonly firstSeq: number;
  readonly count: number;
  /** Empty when it is not known. */
  readonly source: string;
  /** Found at, epoch milliseconds. */
  readonly at: number;
  readonly reason: string;
}

/** A stored dead letter as people see it. */
export interface StoredDeadLetter {
  readonly output: string;
  readonly seq: number;
  readonly uid: string;
  readonly source: string;
  readonly day: number;
  readonly reason: string;
  readonly detail: string;
  readonly at: number;
  readonly bytes: Buffer;
}

/**
 * The only place that keeps state. Every call is one transaction and is on disk when it returns. Synchronous, so that a
 * transaction cannot interleave with anything. Throws SpoolError.
 */
export interface Spool {
  cursor(source: string): Cursor | undefined;
  /** UTC days to read once more: records of theirs were damaged before they were delivered. Empty again when they were read, or the source says that it cannot. */
  owed(source: string): readonly number[];
  /** The identities known for a ledger day, in the order they were kept. */
  identities(source: string, day: number): readonly Buffer[];
  /** Records, ledger and counts: together or not at all. At the limit, what every output settled is removed first. */
  append(source: string, records: readonly NewRecord[], ledger: LedgerDelta, observed: Instant): void;
  /** The cursor moves here and nowhere else, with the counts of known records since the last append. */
  finishWindow(source: string, done: ReadDone, counts: readonly FetchCounts[], at: number): void;
  /** What follows `after` in spool order. Every record is verified; a chunk whose checksum fails is set aside, shows in `damage`, and is passed over: it is the only way `seq` can jump. */
  read(after: number, limit: Limit): readonly SpooledRecord[];
  position(output: string): number;
  /** Moves an output's position to `through`, with the counts and the dead letters of what lies between. Counts that do not cover exactly that, and a position that would move back or past the head, are bugs and throw. */
  settle(
    output: string,
    through: number,
    counts: readonly SettledCounts[],
    dead: readonly DeadLetter[],
  ): void;
  backlog(output: string): Backlog;
  /** The newest `seq`; 0 when empty. */
  head(): number;
  /** By output, source and day. */
  books(): readonly BookRow[];
  sources(): readonly SourceState[];
  /** By name, the abandoned ones too. */
  outputs(): readonly OutputState[];
  /** Oldest first. */
  deadLetters(output: string, limit: number): readonly StoredDeadLetter[];
  /** All damage ever found in this state, oldest first. */
  damage(): readonly Damage[];
  /** Removes what every output settled and what is older than `keep_delivered`, or of any age while the limit is reached; gives back the number of records removed. A few chunks at most per call, so that a call stays short: call again while it gives more than 0. */
  prune(now: number): number;
  /** Space taken on disk. `append` throws SpoolError `full` when it would pass `maxBytes`; everything else still works then. */
  usage(): Usage;
  /** May be called twice. */
  close(): void;
}

export type SpoolFailure =
  | "full"
  | "io"
  | "corrupt"
  | "locked"
  | "newer_schema"
  | "state_lost"
  | "unsafe_directory";

/** The state cannot be used. `full` is the only one the daemon goes on after; all others end the process (exit code 3, 74 for `io`). `corrupt` repairs itself at the next start. */
export class SpoolError extends Error {
  override readonly name = "SpoolError";
  readonly failure: SpoolFailure;
  readonly fix: string;

  constructor(failure: SpoolFailure, message: string, fix: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
    this.fix = fix;
  }
}
