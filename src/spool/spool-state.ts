import type { Cursor } from "../record/reading.ts";
import type { ChainHead } from "./archives.ts";
import type { Backfill } from "./backfill.ts";
import type { ClosedDay } from "./closed-day.ts";
import type { LatenessOfDay } from "./lateness.ts";
import type { Replay } from "./replay.ts";
import type { WitnessedDay } from "./witnessed.ts";

/**
 * Key, in the books and in the ledger, of all records whose day cannot be: they get no books of their own
 * days.
 */
export const misdatedDay = -2;

/** Whose log a source reads. The instance is part of every uid, the address is not. */
export interface LogOrigin {
  readonly instance: string;
  readonly baseUrl: string;
}

/** An instance that the configuration names, and a person has not agreed to. */
export interface InstanceChange {
  readonly was: string;
  readonly is: string;
}

/** What an output has not settled. */
export interface Backlog {
  readonly events: number;
  /** Of these, set aside: refused, and not given up until the output has accepted others. */
  readonly suspects: number;
  /** When the oldest record that is not settled was first seen, epoch milliseconds. */
  readonly oldestObserved?: number;
}

/**
 * The books of one source and UTC day for one output. fetched - known = new = delivered + filtered + dead +
 * dropped + skipped + lost + pending, always.
 */
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
  /** Dead letters that a person dropped. */
  readonly dropped: number;
  /** Delivered once more; outside the balance. */
  readonly resent: number;
  /** Pruned before this output existed, or while it was abandoned. */
  readonly skipped: number;
  /**
   * Damaged on disk before this output was done with it (see `Damage`). What the source still has is fetched
   * again and counted as new again.
   */
  readonly lost: number;
  readonly pending: number;
}

/** The room that the spool takes, in bytes. */
export interface Usage {
  readonly bytes: number;
  readonly maxBytes: number;
  /**
   * The last append was refused, and the same would be refused now: reading the source again makes no sense
   * yet.
   */
  readonly full: boolean;
  /** It is full for the sake of the disk: raising the limit would not help. */
  readonly diskFull: boolean;
}

/** How far one source was read. Times are epoch milliseconds, days are days since 1970-01-01 UTC. */
export interface SourceState {
  readonly source: string;
  /** Everything up to here was read completely, epoch milliseconds. */
  readonly watermark?: number;
  /** When the newest read ended cleanly, epoch milliseconds. */
  readonly lastSuccess?: number;
  readonly newestEvent?: number;
  /** Where the next read begins: for the source's own kind to make sense of. */
  readonly cursor?: Cursor;
  readonly gaps: readonly { readonly day: number; readonly reason: string }[];
  /** The one that was asked for last. */
  readonly backfill?: Backfill;
  /** How late records came on the newest days on which some did, oldest first. */
  readonly lateness?: readonly LatenessOfDay[];
  /** What it found out as a witness, oldest day first. */
  readonly witnessed?: readonly WitnessedDay[];
  readonly closed?: KnownClosedDays;
  /** Why it is held, or was when this program last ran; absent once a read has ended. */
  readonly held?: string;
}

/** Which of its days a source has closed. */
export interface KnownClosedDays {
  /** How many. */
  readonly days: number;
  /** The newest 31; not those to come; `reopened`: as `isReopened`. */
  readonly newest: readonly (ClosedDay & { readonly reopened: boolean })[];
}

/**
 * How far the sweeps of a source are: the days that are read once more when they are so and so old. Days
 * since 1970-01-01 UTC.
 */
export interface SweepProgress {
  readonly source: string;
  /** The UTC day whose sweeps come next, or are under way: those of all days before are done. */
  readonly date: number;
  /** Nothing before this day is left of them. */
  readonly next: number;
  /** As in `BackfillProgress`. */
  readonly place?: string;
  readonly seen: number;
  readonly failures: number;
}

/** How far one output got, and what became of its records. */
export interface OutputState {
  readonly output: string;
  readonly position: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly dead: number;
  readonly dropped: number;
  readonly resent: number;
  /** Room that its dead letters take, and may take at most: there the output holds. */
  readonly letters: { readonly bytes: number; readonly maxBytes: number };
  readonly backlog: Backlog;
  /** No longer in the configuration; does not hold back pruning. */
  readonly abandoned: boolean;
  /** The last one that was asked for. */
  readonly replay?: Replay;
  /** The newest manifest of its archive. */
  readonly manifest?: ChainHead;
  /** Why it is held, or was when this program last ran; absent once something was delivered. */
  readonly held?: string;
}

/**
 * Records that were found changed or missing on disk: `seq` from `firstSeq` to `firstSeq + count - 1`
 * will not be read any more. What an output still needed of them is forgotten by the ledger, so the next
 * read that covers their days brings them back under the same uid. With `count` 0, other state was
 * damaged; `reason` says which and what was done.
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

/**
 * What was found at a start: the state is older than what the last run left (`older`), its database is
 * another file with the same content (`copied`), the last run was on another host, or a person had the
 * database built anew and no row of it was lost (`rebuilt`). `ended`: the last run ended in order; `seenAt`:
 * when it was last seen alive, epoch milliseconds.
 */
export type StateChange =
  | {
      readonly found: "older" | "copied";
      readonly directory: string;
      readonly seenAt?: number;
      readonly ended?: boolean;
    }
  | {
      readonly found: "other_host";
      readonly directory: string;
      readonly seenAt: number;
      readonly ended: boolean;
      readonly host: string;
    }
  | { readonly found: "rebuilt"; readonly directory: string };

/**
 * What a start has found and is remembered: this state is older than what the last run left, or it is a copy
 * (see `StateChange`). Times are epoch milliseconds, null where nobody knows.
 */
export interface ReplacedState {
  readonly found: "older" | "copied";
  readonly at: number;
  /** Up to then it is known to have been in use. What came until `at` it does not know. */
  readonly from: number | null;
  /** When the run was last seen alive that its marker, or the file outside, tells of. */
  readonly seenAt: number | null;
}

/** A stored dead letter as people see it. */
export interface StoredDeadLetter {
  readonly output: string;
  readonly seq: number;
  readonly uid: string;
  readonly source: string;
  readonly day: number;
  /** `damaged`: it was changed on disk, and only its place is told. */
  readonly reason: string;
  readonly detail: string;
  /** Given up at, epoch milliseconds. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Everything the spool says of itself but the books, all of one moment. */
export interface SpoolState {
  readonly sources: readonly SourceState[];
  /** By name, the abandoned ones too. */
  readonly outputs: readonly OutputState[];
  /** Records that any output of the configuration has not settled, each once. */
  readonly waiting: number;
  readonly usage: Usage;
  /** All damage ever found in this state, oldest first. */
  readonly damage: readonly Damage[];
  /** Oldest first. */
  readonly replaced: readonly ReplacedState[];
}
