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
}

/** A replay, as far as it is. Times are epoch milliseconds. */
export interface Replay extends ReplayPlan {
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
}

/** What the delivery of an output needs to know of its replay before each send. */
export type ReplayTurn = Pick<Replay, "id" | "nextSeq" | "through" | "perSecond">;

/** What one batch of a replay brought. */
export interface ReplayStep {
  readonly id: string;
  /** All before it is done with. */
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
}

/** Where replays are begun and ended. Every call is one transaction. Throws SpoolError. */
export interface Replays {
  of(output: string): Replay | undefined;
  /**
   * Gives back what is under way then: another one that is not done stays, and the same one goes on as fast
   * as it is wanted now.
   */
  plan(plan: ReplayPlan): Replay;
  /** False: none is under way. */
  cancel(output: string): boolean;
  /** What there is to send again of what the output is past. */
  available(output: string, first: number, end: number): Replayable;
}

/** Whether two ask for the same. */
export function isSameFilter(one: ReplayFilter, other: ReplayFilter): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder({ from, to, actions = [], users = [], uids = [] }: ReplayFilter) {
  return [from, to, [...actions].sort(), [...users].sort(), [...uids].sort()];
}
