import type { Backfill, BackfillPlan } from "./backfill.ts";

/** Which records are sent again: those for which every condition that is given holds. */
export interface ReplayFilter {
  /** Event time, epoch milliseconds: from here up to, and without, `to`. */
  readonly from: number;
  readonly to: number;
  /** Patterns, as in an output's `filter`. */
  readonly actions?: readonly string[];
  /** Ids or e-mail addresses of actors. */
  readonly users?: readonly string[];
  readonly uids?: readonly string[];
}

/** What a person wants one output to get once more. */
export interface ReplayPlan {
  readonly output: string;
  readonly filter: ReplayFilter;
  /** So many events a second at most. */
  readonly perSecond: number;
  /** From where comes what the spool does not have, a span of each source. */
  readonly days?: readonly BackfillPlan[];
  /** `days`: from there comes also what the spool has. */
  readonly from?: "spool" | "days";
}

/** A replay, as far as it is. Times are epoch milliseconds. */
export interface Replay extends Pick<ReplayPlan, "output" | "filter" | "perSecond"> {
  /** Digits, which every event of it carries as `replay_id`: when it began, in UTC. */
  readonly id: string;
  /** `stopped`: the output refused too many, see `trouble`. */
  readonly state: "running" | "done" | "cancelled" | "stopped";
  /** It looks through the run of the output from here. */
  readonly firstSeq: number;
  readonly nextSeq: number;
  readonly through: number;
  readonly sent: number;
  /** Not taken this time. They were delivered before, and are no dead letters. */
  readonly refused: number;
  /** Records that were removed for want of room before it came to them, wanted or not. */
  readonly removed: number;
  readonly began: number;
  readonly changed: number;
  readonly trouble?: string;
  /** The days that are read for it, or were, and how many records that were shown wait to be sent. */
  readonly days?: readonly Backfill[];
  readonly waiting?: number;
}

/** What sources have shown for a replay, in an order of its own: what is left of it begins at `next`. */
export interface ShownQueue {
  readonly next: number;
  /** No place from here on is taken yet. */
  readonly free: number;
  /** More may be shown. */
  readonly grows: boolean;
}

/** What the delivery of an output needs to know of its replay before each send. */
export interface ReplayTurn extends Pick<Replay, "id" | "nextSeq" | "through" | "perSecond"> {
  readonly shown: ShownQueue;
}

/** Where a batch of a replay is from: the run, or what sources have shown for it. */
export type ReplayPart = "run" | "shown";

/** What one batch of a replay brought. */
export interface ReplayStep {
  readonly id: string;
  readonly part: ReplayPart;
  /** All of that part before it is done with. */
  readonly nextSeq: number;
  readonly sent: number;
  readonly refused: number;
  /** It ends here, and why. */
  readonly stop?: string;
}

/** A part of the spool: records of these UTC days (days since 1970-01-01, without `end`) up to `through`. */
export interface SpoolPart {
  readonly through: number;
  readonly first: number;
  readonly end: number;
}

/** What the spool has of some UTC days, for one output. */
export interface Replayable {
  readonly records: number;
  /** Records that were kept once and are there no more, and of how many days. */
  readonly gone: number;
  readonly goneDays: number;
  /** Who had shown them: from their first UTC day up to, and without, `end`. */
  readonly goneOf: readonly GoneRecords[];
}

/** Records of one source that the spool does not have any more. */
export interface GoneRecords {
  readonly source: string;
  readonly first: number;
  readonly end: number;
  readonly records: number;
}

/** Whether two ask for the same. */
export function isSameFilter(one: ReplayFilter, other: ReplayFilter): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder({ from, to, actions = [], users = [], uids = [] }: ReplayFilter) {
  return [from, to, [...actions].sort(), [...users].sort(), [...uids].sort()];
}
