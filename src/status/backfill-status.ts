import type { Backfill } from "../spool/backfill.ts";
import type { SourceState } from "../spool/spool-state.ts";
import { dayText } from "../time/clock.ts";
import { daysStatus } from "./day-states.ts";
import { latenessStatus } from "./lateness-status.ts";
import type { SourceHop } from "./runtime-view.ts";

/** A backfill as people and programs see it: UTC days as 2026-08-01, times as ISO 8601. */
export interface BackfillStatus {
  readonly source: string;
  readonly state: Backfill["state"];
  readonly from: string;
  /** The first day that is not wanted. */
  readonly to: string;
  /** The day that is read next; null when none is left. */
  readonly next: string | null;
  readonly days: number;
  readonly days_left: number;
  readonly records_per_second: number;
  readonly fetched: number;
  readonly new: number;
  /** Days that could not be read, or only in part. */
  readonly gap_days: number;
  readonly began: string;
  readonly changed: string;
  /** Why it does not get on; null when it does. */
  readonly trouble: string | null;
  /** Which output gets what was known of these days again; null: none. */
  readonly output: string | null;
}

/** What is shown of a backfill. */
export function backfillStatus(backfill: Backfill): BackfillStatus {
  const { source, state, first, end, next, perSecond, fetched, fresh, gaps, began, changed } = backfill;
  const { trouble = null } = backfill;
  return {
    source,
    state,
    from: dayText(first),
    to: dayText(end),
    next: next < end ? dayText(next) : null,
    days: end - first,
    days_left: end - next,
    records_per_second: perSecond,
    fetched,
    new: fresh,
    gap_days: gaps,
    began: new Date(began).toISOString(),
    changed: new Date(changed).toISOString(),
    trouble: state === "running" ? trouble : null,
    output: backfill.output ?? null,
  };
}

/**
 * What is shown of a source's past: days that it could not show, those that are closed or read once more, and
 * how late its records came. `now` is epoch milliseconds.
 */
export function pastStatus(
  hop: Pick<SourceHop, "closing" | "lookbackMs" | "role">,
  state: SourceState | undefined,
  now: number,
) {
  return {
    days: daysStatus(hop, state, now),
    gaps: (state?.gaps ?? []).map(({ day, reason }) => ({ day: dayText(day), reason })),
    lateness: latenessStatus(hop, state),
    backfill: state?.backfill === undefined ? null : backfillStatus(state.backfill),
  };
}
