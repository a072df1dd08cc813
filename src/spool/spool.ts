import type { SpooledRecord, SpooledRecords } from "../record/record.ts";
import type { StoredFile } from "../record/stored-file.ts";
import type { PlannedBatch } from "./archives.ts";
import type { BackfillSpan, Forgotten } from "./backfill.ts";
import type { EncodedChunk } from "./chunk/chunk-codec.ts";
import type { Replay, ReplayStep, ReplayTurn, SpoolPart } from "./replay.ts";
import type { BookRow, SpoolState, StoredDeadLetter } from "./spool-state.ts";

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
  /** Delivered once more; outside the balance. */
  readonly resent: number;
}

/**
 * A record that was refused by an output's remote, or cannot be sent, and why. `reason` is stable,
 * `detail` is for people.
 */
export interface DeadLetter {
  readonly record: SpooledRecord;
  readonly reason: string;
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Why a record waits beside the run: `suspect` it was refused while nothing showed that the output takes
 * others; `retry` a person wants a dead letter sent once more; `heartbeat` this program says that it is
 * alive.
 */
export type SideCause = "suspect" | "retry" | "heartbeat";

/** A record that waits beside the run of its output, still pending. */
export interface SideEntry extends DeadLetter {
  /** Ascending in the order they were put there. */
  readonly id: number;
  readonly cause: SideCause;
}

/** A part of the run that is sent again from `nextSeq` through `through`: delivered, and in doubt since. */
export interface Stretch {
  readonly id: number;
  readonly cause: "replay_window";
  readonly nextSeq: number;
  readonly through: number;
}

/** An output's destination in the configuration is not the one that its position belongs to. */
export interface Moved {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * What a person says of that. `adopt` it is the same place, or takes over from it: goes on where it was.
 * `start_over` it gets everything that is kept. `from_now` it gets what comes from now on.
 */
export type PlaceAnswer = "adopt" | "start_over" | "from_now";

/** How far an output is: its position, and what waits beside it. */
export interface Standing {
  /** The `seq` of the last record of the run that it is done with, 0 before the first. */
  readonly position: number;
  /** No id in its side queue is higher; 0 when that is empty. */
  readonly lastId: number;
  readonly suspects: number;
  readonly retried: number;
  readonly heartbeats: number;
  /** The batch of the run that was planned last, until it is settled: it goes as it was planned. */
  readonly planned?: PlannedBatch;
  /** The oldest stretch that is to be sent again. */
  readonly stretch?: Stretch;
  /** What a person wants sent again, where that is under way. */
  readonly replay?: ReplayTurn;
  /** Nothing is sent before a person has said what the change of its destination means. */
  readonly moved?: Moved;
  /** No further suspect has room: the position stops. */
  readonly sideFull: boolean;
  /** No further dead letter has room: the output holds. */
  readonly lettersFull: boolean;
}

/** What an output is done with, all of it or nothing. */
export interface Settlement {
  /** The position after it; the same as before where only the side queue was served. */
  readonly through: number;
  readonly counts: readonly SettledCounts[];
  readonly dead: readonly DeadLetter[];
  /** Refused, and put into the side queue. */
  readonly suspects: readonly DeadLetter[];
  /** Ids in the side queue that it is done with. */
  readonly done: readonly number[];
  /** A stretch that was sent again, with `nextSeq` as it is now. */
  readonly stretch?: Pick<Stretch, "id" | "nextSeq">;
  /** How far its replay is. */
  readonly replay?: ReplayStep;
  /** What was stored for it, and what was found to be stored already. */
  readonly files?: readonly StoredFile[];
}

/** Which dead letters are meant: those that fit everything that is named. */
export interface LetterFilter {
  readonly output?: string;
  readonly reason?: string;
  /** Days since 1970-01-01 UTC. */
  readonly day?: number;
  readonly uid?: string;
  /** Given up before, epoch milliseconds. */
  readonly before?: number;
}

/** A page of dead letters begins behind this one. */
export interface LetterPlace {
  readonly output: string;
  readonly seq: number;
}

/** What became of a `settle`: written down, or the disk had no room for it and everything is as it was. */
export type Settled = { readonly status: "settled"; readonly standing: Standing } | NoRoom;

/** The disk had no room to write something down: everything is as it was. */
export interface NoRoom {
  readonly status: "no_room";
  readonly detail: string;
  readonly fix: string;
}

/**
 * The spool as everybody but ingest sees it. Every answer is a promise, and every argument and answer is
 * a value that survives a structured clone: who asks may stand in another thread, and the state may lie
 * in a database that several hosts share. Rejects with SpoolError when the state cannot be trusted any
 * more, which ends the process.
 */
export interface Spool {
  /** Where an output got to. */
  standing(output: string): Promise<Standing>;
  /**
   * What follows `after` in spool order, empty when nothing does. Every record is verified. Damaged ones are
   * set aside, show in `state().damage` and are passed over: that is the only way `seq` can jump.
   */
  read(after: number, limit: Limit): Promise<readonly SpooledRecord[]>;
  /**
   * As `read`, but all that lies together with the first of these records, in memory that may move: it may
   * begin before them. See `decodeChunk`.
   */
  chunk(after: number): Promise<EncodedChunk | undefined>;
  /**
   * As `read`, without what this output has given up or set aside: what it had delivered. Of a `part` alone,
   * without our own events.
   */
  readAgain(output: string, after: number, limit: Limit, part?: SpoolPart): Promise<readonly SpooledRecord[]>;
  /** The replay that was asked for last. */
  replay(output: string): Promise<Replay | undefined>;
  /** As `Replays.shown`. */
  shown(output: string, after: number, limit: Limit): Promise<readonly SpooledRecord[]>;
  /** What waits beside the run for this cause, after the id `after`, oldest first. */
  side(output: string, cause: SideCause, after: number, limit: Limit): Promise<readonly SideEntry[]>;
  /**
   * Moves an output's position, with the counts, the dead letters and the suspects of what lies between
   * and of what waited beside it: all of it or nothing, and on disk when it resolves. Counts that do not
   * cover exactly that, and a position that would move back or past the head, are bugs and reject.
   */
  settle(output: string, settlement: Settlement): Promise<Settled>;
  /**
   * What a batch of the run will be, before anything of it is stored: `standing` gives it back until it is
   * settled, whatever happens to this process.
   */
  plan(output: string, planned: PlannedBatch): Promise<"noted" | NoRoom>;
  /** Names of the files that an output has stored of a UTC day. */
  stored(output: string, day: number): Promise<readonly string[]>;
  /**
   * What was delivered since `since`, epoch milliseconds, as far as the spool still has it, is sent to the
   * output again. Resolves with how many records that are. A stretch that is not sent yet grows.
   */
  resend(output: string, since: number): Promise<number | NoRoom>;
  /**
   * An output waits for a person, for this reason, or does not any more: that is told, once. Something that
   * is delivered ends it by itself.
   */
  hold(output: string, reason: string | undefined): Promise<"noted" | NoRoom>;
  /** A person has said what the change of an output's destination means. False: there was none. */
  answerPlace(output: string, answer: PlaceAnswer): Promise<boolean>;
  /** As `Store.forgotten`. */
  forgotten(span: BackfillSpan): Promise<Forgotten>;
  /** Rejects with SpoolError `displaced` when the state does not lie where it was opened any more. */
  look(): Promise<void>;
  /** Sources, outputs, room and damage, all of one moment. */
  state(): Promise<SpoolState>;
  /** By output, source and UTC day. */
  books(): Promise<readonly BookRow[]>;
  /** By output and `seq`, those behind `after`. */
  deadLetters(filter: LetterFilter, limit: number, after?: LetterPlace): Promise<readonly StoredDeadLetter[]>;
  /**
   * Puts some dead letters into the side queue, under the same uids, and resolves with how many: call again
   * while it gives more than 0. They are pending then.
   */
  retryDeadLetters(filter: LetterFilter): Promise<number>;
  /**
   * Removes some dead letters, which are counted as dropped for ever: call again while it gives more than
   * 0.
   */
  dropDeadLetters(filter: LetterFilter): Promise<number>;
  /**
   * Removes what every output settled and what is older than `keep_delivered`, or of any age while the limit
   * is reached. Resolves with the number of records removed. Takes a few chunks at most, so that it stays
   * short: call again while it gives more than 0.
   */
  prune(now: number): Promise<number>;
  /** Tells what is due by the clock: days that have ended, and heartbeats. */
  tellDue(now: number): Promise<"noted" | NoRoom>;
}

/** What the delivery loops ask of it. */
export interface DeliverySpool
  extends Pick<
    Spool,
    | "standing"
    | "chunk"
    | "readAgain"
    | "replay"
    | "shown"
    | "side"
    | "plan"
    | "stored"
    | "settle"
    | "resend"
    | "hold"
  > {
  /** As `Spool.read`. */
  read(after: number, limit: Limit): Promise<SpooledRecords>;
}
