import type { About, ShrunkDay } from "../own/own-fact.ts";
import type { Cursor, ReadDone } from "../record/reading.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { Instant } from "../time/clock.ts";
import type { ActivityLookup } from "./activity.ts";
import type { Archives } from "./archives.ts";
import type { Backfill, BackfillPlan, BackfillProgress, BackfillSpan, Forgotten } from "./backfill.ts";
import type { EncodedChunk } from "./chunk/chunk-codec.ts";
import type { NewRecords } from "./chunk/new-records.ts";
import type { ClosedDay, DayDigest } from "./closed-day.ts";
import type { EventLookup } from "./event-lookup.ts";
import type { SpoolPart } from "./replay.ts";
import type { Replays, ShownRecords } from "./replays.ts";
import type { Scratch } from "./scratch.ts";
import type {
  LetterFilter,
  LetterPlace,
  Limit,
  PlaceAnswer,
  Settlement,
  SideCause,
  SideEntry,
  Standing,
} from "./spool.ts";
import type {
  Backlog,
  BookRow,
  InstanceChange,
  OutputState,
  SourceState,
  SpoolState,
  StoredDeadLetter,
  SweepProgress,
  Usage,
} from "./spool-state.ts";
import type { Trends } from "./trends.ts";
import type { WitnessedDay, WitnessStep } from "./witnessed.ts";

/** Ledger key of records without a valid time: they belong to no day. */
export const undatedDay = -1;

/**
 * A known record in the ledger: its identity (16 bytes), the digest of its names and its ordinal among its
 * twins, from 1 (4 bytes each, little-endian).
 */
export const knownBytes = 24;

/**
 * What is known of a ledger day, in the order it was kept; of one record the last piece counts. `known`
 * records of `knownBytes` each; `due` such that were lost and are to be kept once more; `names` others that
 * known ones show now. `identities` (16 bytes each, twins repeated) are what earlier versions kept of one
 * source.
 */
export type KnownPiece =
  | { readonly form: "known" | "due" | "names"; readonly bytes: Buffer }
  | { readonly form: "identities"; readonly source: string; readonly bytes: Buffer };

/** Knowledge that goes to disk with the records it is about. */
export interface LedgerDelta {
  /** Whose ledger it is: what one source has shown is known to all of its instance. */
  readonly instance: string;
  /** Per ledger day, `knownBytes` for each new record. */
  readonly known: ReadonlyMap<number, Buffer>;
  /** Per ledger day, `knownBytes` for each known record that shows other names now. */
  readonly renamed?: ReadonlyMap<number, Buffer>;
  /**
   * What the books of each UTC day gain. `fetched` = `known` + the day's records in the same append, always.
   */
  readonly counts: readonly FetchCounts[];
}

/** What the clean end of a read brings to the ledger. */
export interface LedgerEnd {
  readonly instance: string;
  /** Per ledger day, `knownBytes` for each known record that shows other names now. */
  readonly renamed: ReadonlyMap<number, Buffer>;
  /** Known records since the last append. */
  readonly counts: readonly FetchCounts[];
}

/**
 * What one read of a day brought the backfill, the sweeps or the witness that wanted it; `unplanned`: nothing
 * but that it is `closed`.
 */
export interface DayStep {
  readonly progress:
    | (BackfillProgress | SweepProgress | WitnessStep)
    | { readonly source: string; readonly unplanned: true };
  /** The day cannot be shown, or not all of it. */
  readonly gap?: { readonly day: number; readonly reason: string };
  /** This UTC day was shown as a whole. */
  readonly shown?: number;
  /** Nothing more of a day is expected. */
  readonly closed?: DayDigest | undefined;
}

/** What a read showed of one UTC day (days since 1970-01-01). */
export interface FetchCounts {
  readonly day: number;
  /** Records the source showed, re-reads included. */
  readonly fetched: number;
  /** Of these, known already. */
  readonly known: number;
}

/**
 * The only place that keeps state, as ingest sees it. Every call is one transaction and is on disk when it
 * returns. Synchronous, so that a transaction cannot interleave with anything. Throws SpoolError. Everybody
 * else goes through `Spool`.
 */
export interface Store {
  /** The source reads another instance's log than before: nothing is read until a person has agreed. */
  instanceChange(source: string): InstanceChange | undefined;
  /**
   * The person agrees: cursor and gaps of the source are forgotten, so that it is read from its start
   * again, under other uids. False: there was no change.
   */
  startOver(source: string): boolean;
  cursor(source: string): Cursor | undefined;
  /** UTC days to read once more, as records were damaged undelivered: until that is done, or cannot be. */
  owed(source: string): readonly number[];
  /** Names the state, and is known to nobody who does not read it: 32 hexadecimal digits. */
  stateId(): string;
  /** What is known of a ledger day of an instance: to be gone through before more of that day is appended. */
  known(instance: string, day: number): Iterable<KnownPiece>;
  /** New scratch in blocks of that size. */
  scratch(blockBytes: number): Scratch;
  /**
   * Records, ledger and counts, with what was `shown` for a replay: together or not at all. At the limit,
   * what every output settled is removed first.
   */
  append(
    source: string,
    records: NewRecords,
    ledger: LedgerDelta,
    observed: Instant,
    shown?: ShownRecords,
  ): void;
  /** The cursor moves here and nowhere else, with what the end of the read tells about known records. */
  finishWindow(source: string, done: ReadDone, ledger: LedgerEnd, at: number): void;
  /** A read begins to show a ledger day that something is known of: until it ends that is not forgotten. */
  showing(instance: string, day: number): void;
  /** The days that a person wants read once more, or wanted last. */
  backfill(source: string): BackfillProgress | undefined;
  /** How far the sweeps of a source are; undefined before the first. */
  sweep(source: string): SweepProgress | undefined;
  /** By UTC day; never forgotten with the ledger. */
  closedDays(source: string): ReadonlyMap<number, ClosedDay>;
  /** What a witness found out about each UTC day, oldest first. */
  witnessed(source: string): readonly WitnessedDay[];
  /** How many records of a UTC day were kept of the instance that a source reads, whichever showed them. */
  keptOf(source: string, day: number): number;
  /**
   * A backfill, the sweeps or a witness got on, with what the read tells about known records. A backfill
   * that was cancelled stays so.
   */
  finishStep(step: DayStep, ledger: LedgerEnd, at: number): void;
  /** Gives back what is under way then: one of other days stays, and has to be done or cancelled first. */
  planBackfill(plan: BackfillPlan): Backfill;
  /** False: none was under way. */
  cancelBackfill(source: string): boolean;
  /** What would be sent again if these days were read now. */
  forgotten(span: BackfillSpan): Forgotten;
  /**
   * An output or a source waits for a person, for this reason, or does not any more: told when that changes.
   * What it waits for is over by itself where something is delivered, or a read ends cleanly.
   */
  hold(about: About, reason: string | undefined): void;
  /** A source shows less of a UTC day than before: told, and nothing is taken back. */
  shrank(day: ShrunkDay): void;
  /**
   * What follows `after` in spool order. Every record is verified; a chunk whose checksum fails is set
   * aside, shows in `damage`, and is passed over: it is the only way `seq` can jump.
   */
  read(after: number, limit: Limit): readonly SpooledRecord[];
  chunk(after: number): EncodedChunk | undefined;
  /** The same without what an output has given up or set aside: what it had delivered. */
  readAgain(output: string, after: number, limit: Limit, part?: SpoolPart): readonly SpooledRecord[];
  /** What outputs get once more because a person wants it. */
  readonly replays: Replays;
  /** What outputs have stored as files. */
  readonly archives: Archives;
  standing(output: string): Standing;
  /** What waits beside the run for this cause, after the id `after`, oldest first. */
  side(output: string, cause: SideCause, after: number, limit: Limit): readonly SideEntry[];
  /**
   * Moves an output's position, with the counts, the dead letters and the suspects of what lies between
   * and of what waited beside it. Counts that do not cover exactly that, and a position that would move
   * back or past the head, are bugs and throw.
   */
  settle(output: string, settlement: Settlement): void;
  /** The same with the next transaction, or in one of its own a turn later; settles when that has ended. */
  settleSoon(output: string, settlement: Settlement): Promise<void>;
  /** For who keeps the thread busy: what waits for a transaction has it, and what others ask is taken. */
  giveWay(): void;
  /** For who keeps much: resolves when nearly all of it is taken, or `stop` aborts; soon in any case. */
  letTake(stop: AbortSignal): Promise<void>;
  /** What was delivered since `since`, epoch milliseconds, is sent again; gives back how many records. */
  resend(output: string, since: number): number;
  /** A person has said what the change of an output's destination means. False: there was none. */
  answerPlace(output: string, answer: PlaceAnswer): boolean;
  backlog(output: string): Backlog;
  /** As `SpoolState.waiting`. */
  waiting(): number;
  /** The newest `seq`; 0 when empty. */
  head(): number;
  /** By output, source and day. */
  books(): readonly BookRow[];
  sources(): readonly SourceState[];
  /** By name, the abandoned ones too. */
  outputs(): readonly OutputState[];
  /** By output and `seq`, those behind `after`. */
  deadLetters(filter: LetterFilter, limit: number, after?: LetterPlace): readonly StoredDeadLetter[];
  /** Puts some dead letters into the side queue; gives back how many: call again while it is more than 0. */
  retryDeadLetters(filter: LetterFilter): number;
  /** Removes some dead letters; gives back how many: call again while that is more than 0. */
  dropDeadLetters(filter: LetterFilter): number;
  /** All damage ever found in this state, oldest first. */
  damage(): SpoolState["damage"];
  replaced(): SpoolState["replaced"];
  /**
   * Removes what every output settled and what is older than `keep_delivered`, or of any age while the
   * limit is reached; gives back the number of records removed, 0 where the disk has no room to write that
   * down. A few chunks at most per call, so that a call stays short: call again while it gives more than 0.
   */
  prune(now: number): number;
  /** As `Spool.tellDue`. */
  tellDue(now: number): void;
  /**
   * Space taken on disk. `append` throws SpoolError `full` when it would pass `maxBytes`; everything else
   * still works then.
   */
  usage(): Usage;
  /**
   * Sees that the state still lies where the next start will look for it. Throws SpoolError `displaced` when
   * somebody moved, removed or replaced it: this process must end then.
   */
  look(): void;
  /** May be called twice. */
  close(): void;
}

/** A store that people ask about single events too. */
export interface OpenStore extends Store {
  readonly events: EventLookup;
  readonly activity: ActivityLookup;
  readonly trends: Trends;
}
