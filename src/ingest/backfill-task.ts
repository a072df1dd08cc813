import type { Report } from "../report/report.ts";
import type { BackfillProgress } from "../spool/backfill.ts";
import type { DayStep } from "../spool/store.ts";
import { dayText } from "../time/clock.ts";
import type { DayTask } from "./day-task.ts";
import type { Total } from "./intake-options.ts";

/** The next day of a backfill that is under way. */
export function backfillTask(progress: BackfillProgress): DayTask {
  const { source, next: day, place, seen, failures, perSecond, began } = progress;
  const counted = (total: Readonly<Total>) => ({
    fetched: progress.fetched + total.fetched,
    fresh: progress.fresh + total.new,
  });
  return {
    ...{ day, place, seen, failures, perSecond },
    key: `backfill ${began} ${day} ${place}`,
    verifies: false,
    forReplay: true,
    after(outcome, total, now) {
      if (outcome.end === "again") return { progress: { ...progress, ...counted(total), changed: now } };
      const { trouble: _, place: __, ...rest } = progress;
      const on: BackfillProgress = {
        ...{ ...rest, ...counted(total), changed: now, failures: 0, seen: outcome.seen },
        ...(outcome.place !== undefined && { place: outcome.place }),
      };
      return outcome.end === "more" ? { progress: on } : passed(on, outcome.lack);
    },
    failed: (failures, trouble, total, now) => ({
      progress: { ...progress, ...counted(total), failures, trouble, changed: now },
    }),
    told({ seen: now }, step, { total, seconds, known }) {
      const { end, next } = step.progress as BackfillProgress;
      const left = end - next;
      return [
        { type: "backfill_day", source, day: dayText(day), ...total, seconds, left },
        // Nothing is taken back, but somebody should know.
        ...(step.shown !== undefined && now < known
          ? [{ type: "day_shrank" as const, source, day: dayText(day), before: known, now }]
          : []),
        ...toldEnd(step, source),
      ];
    },
    toldFailure({ reason, message, fix }, { total: kept }, step) {
      return [
        { type: "backfill_failed", source, day: dayText(day), reason, message, fix, kept },
        ...toldEnd(step, source),
      ];
    },
  };
}

/** The day is done with. */
function passed(before: BackfillProgress, lack: string | undefined): DayStep {
  const { next: day, end, gaps, state } = before;
  const progress: BackfillProgress = {
    ...before,
    next: day + 1,
    seen: 0,
    failures: 0,
    gaps: gaps + (lack === undefined ? 0 : 1),
    state: day + 1 >= end ? "done" : state,
  };
  return { progress, ...(lack === undefined ? { shown: day } : { gap: { day, reason: lack } }) };
}

function toldEnd({ progress, gap }: DayStep, source: string): Report[] {
  const { state, fetched, fresh, gaps } = progress as BackfillProgress;
  return [
    ...(gap === undefined
      ? []
      : [{ type: "source_gap" as const, source, day: dayText(gap.day), reason: gap.reason }]),
    ...(state === "done" ? [{ type: "backfill_done" as const, source, fetched, new: fresh, gaps }] : []),
  ];
}
