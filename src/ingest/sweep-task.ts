import type { SweepReach } from "../record/reading.ts";
import type { Report } from "../report/report.ts";
import type { SweepProgress } from "../spool/spool-state.ts";
import { dayText } from "../time/clock.ts";
import type { DayTask } from "./day-task.ts";
import { firstSweeps, sweepDays } from "./sweep-days.ts";

/** As fast as a backfill that nobody has given a pace. */
export const sweptPerSecond = 5_000;

/** What is left of the sweeps up to those of the UTC day `newest`: the next one; undefined: nothing. */
export function sweepTask(progress: SweepProgress, newest: number, reach: SweepReach): DayTask | undefined {
  for (let { date, next } = progress; date <= newest; date++, next = 0) {
    const day = sweepDays(date, newest, reach).find((each) => each >= next);
    if (day === undefined) continue;
    return taskOf(date === progress.date ? progress : firstSweeps(progress.source, date), day);
  }
  return undefined;
}

function taskOf(progress: SweepProgress, day: number): DayTask {
  const { source, date, place, seen, failures } = progress;
  return {
    ...{ day, place, seen, failures, perSecond: sweptPerSecond },
    key: `sweep ${date} ${day} ${place}`,
    verifies: true,
    forReplay: false,
    after({ end, place: left, seen: shown, lack }) {
      if (end === "again") return { progress };
      const on = { source, date, failures: 0, ...(left !== undefined && { place: left }) };
      if (end === "more") return { progress: { ...on, next: day, seen: shown } };
      return { progress: { ...on, next: day + 1, seen: 0 }, ...(lack === undefined && { shown: day }) };
    },
    failed: (failed) => ({ progress: { ...progress, next: day, failures: failed } }),
    ...toldOfSweep(source, day, date - day),
  };
}

/** What is told of a read of a day that is read once more when it is so many days old. */
export function toldOfSweep(source: string, day: number, age: number): Pick<DayTask, "told" | "toldFailure"> {
  const of = { source, day: dayText(day) };
  return {
    told({ end, seen: now, lack }, _, { total, seconds, lateness, known }) {
      const told: Report[] = [
        { type: "sweep_day", ...of, ...total, age, seconds, ...(lateness && { lateness }) },
      ];
      // It was read before: what is known of it stays, so it is no gap.
      if (end !== "passed") return told;
      if (lack !== undefined) told.push({ type: "sweep_failed", ...of, message: lack, passed: true });
      else if (now < known) told.push({ type: "day_shrank", ...of, before: known, now });
      return told;
    },
    toldFailure: ({ reason, message, fix }, { total: kept, lateness }, _, passed) => [
      { type: "sweep_failed", ...of, reason, message, fix, kept, passed, ...(lateness && { lateness }) },
    ],
  };
}
