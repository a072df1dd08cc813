import type { Report } from "../report/report.ts";
import type { SourceError } from "../source/source.ts";
import type { LatenessCounts } from "../spool/lateness.ts";
import type { DayStep } from "../spool/store.ts";
import type { Total } from "./intake-options.ts";

/** What a read of a day came to that ended well. */
export interface DayOutcome {
  /** `again`: the same is read once more. `more`: the day has more to show. `passed`: it is done with. */
  readonly end: "again" | "more" | "passed";
  readonly place?: string | undefined;
  /** Records that were shown of the day so far. */
  readonly seen: number;
  /** Why the day, or a part of it, cannot be shown. */
  readonly lack?: string | undefined;
}

/** What a read brought. */
export interface DayRead {
  readonly total: Readonly<Total>;
  readonly lateness: LatenessCounts | undefined;
  readonly seconds: number;
  /** Records of the day that are known by now. */
  readonly known: number;
}

/** A UTC day that is to be read on its own, and who wants it. */
export interface DayTask {
  readonly day: number;
  readonly place: string | undefined;
  /** Records that were shown of it so far. */
  readonly seen: number;
  /** How often it failed in a row. */
  readonly failures: number;
  /** So many records a second at most, over a day and the pause behind it. */
  readonly perSecond: number;
  /** The same for each read of the same part of the same day. */
  readonly key: string;
  /** What is known of it may be wanted for a replay. */
  readonly forReplay: boolean;
  /** Everything is read as if it had not been met before, to verify it. */
  readonly verifies: boolean;
  /** It is compared with what is known, whoever showed that: that something is not shown is what is asked. */
  readonly compares?: true;
  /** A read of it begins. */
  begin?(): void;
  /** Where it stands then; `now` is epoch milliseconds. */
  after(outcome: DayOutcome, total: Readonly<Total>, now: number): DayStep;
  /** The same after a read that failed, and will be tried again. */
  failed(failures: number, trouble: string, total: Readonly<Total>, now: number): DayStep;
  /** What is told of a read that ended well. */
  told(outcome: DayOutcome, step: DayStep, read: DayRead): readonly Report[];
  /** What is told of one that did not; `passed`: the day is not tried again. */
  toldFailure(error: SourceError, read: DayRead, step: DayStep, passed: boolean): readonly Report[];
}
