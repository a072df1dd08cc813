import type { Report } from "../report/report.ts";
import type { DayDigest } from "../spool/closed-day.ts";
import { dayText } from "../time/clock.ts";
import type { DayTask } from "./day-task.ts";
import { sweptPerSecond, toldOfSweep } from "./sweep-task.ts";

/** Whose day is closed, and who looks after that. */
export interface ClosingTaskOptions {
  readonly source: string;
  readonly day: number;
  /** How many days old it is. */
  readonly age: number;
  /** Where the next read of it begins, and how often it failed in a row. */
  readonly place: string | undefined;
  readonly failures: number;
  /** Another read shows more of the day. */
  goOn(place: string | undefined): void;
  /** The day is read once more from its beginning. */
  fail(failures: number): void;
  /** It cannot be closed for now. */
  pass(): void;
}

/** What is told of a day that was closed by whichever read. */
export function toldClosed(source: string, closed: DayDigest | undefined): readonly Report[] {
  if (closed === undefined) return [];
  const { day, ...digest } = closed;
  return [{ type: "day_closed", source, day: dayText(day), ...digest }];
}

/** The next read of a day that is to be closed. Whichever read shows all of such a day closes it. */
export function closingTask(options: ClosingTaskOptions): DayTask {
  const { source, day, age, place, failures } = options;
  const nothing = { progress: { source, unplanned: true } } as const;
  return {
    ...{ day, place, failures, perSecond: sweptPerSecond, seen: 0 },
    key: `closing ${day} ${place}`,
    verifies: true,
    forReplay: false,
    after({ end, place: left, lack }) {
      if (end === "more") options.goOn(left);
      if (end !== "passed") return nothing;
      if (lack === undefined) return { ...nothing, shown: day };
      options.pass();
      return nothing;
    },
    failed(failed) {
      options.fail(failed);
      return nothing;
    },
    ...toldOfSweep(source, day, age),
  };
}
