import type { BackfillStatus } from "../status/backfill-status.ts";
import { counted, countText, durationText } from "../text/amounts.ts";

/** When a backfill was looked at, and what it had read when that began. */
export interface BackfillView {
  readonly status: BackfillStatus;
  /** Records and days that were read since this command looks, in so many seconds. */
  readonly read: { readonly records: number; readonly days: number; readonly seconds: number };
  /** Characters of a line. */
  readonly columns: number;
}

/** A line for who reads a file: `prod: 12 of 31 days, 120,000 records, 9,800/s, 4 min left`. */
export function progressText({ status, read }: BackfillView): string {
  const { source, days, days_left: left, fetched, trouble } = status;
  const parts = [`${days - left} of ${counted(days, "day")}`, counted(fetched, "record")];
  if (read.seconds > 0 && read.records > 0)
    parts.push(`${countText(Math.round(read.records / read.seconds))}/s`);
  if (left > 0 && read.days > 0) parts.push(`${durationText((read.seconds / read.days) * left)} left`);
  if (trouble !== null) parts.push(trouble);
  return `${source}: ${parts.join(", ")}`;
}

/** The same with a bar in front, in one line of a terminal. */
export function progressBar(view: BackfillView): string {
  const { days, days_left: left } = view.status;
  const width = Math.max(10, Math.min(30, view.columns - 70));
  const full = Math.round(((days - left) / days) * width);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${progressText(view)}`.slice(0, view.columns - 1);
}

/** What is under way, for `status` and lists. */
export function underwayText(status: BackfillStatus): string {
  const { from, to, next, days, days_left: left, trouble, output } = status;
  const why = trouble === null ? "" : `; ${trouble}`;
  const again = output === null ? "" : `, of which ${output} gets again what was known`;
  return `backfill of ${from} up to, and without, ${to}${again}: ${next ?? to} is next, ${left} of ${counted(days, "day")} left${why}`;
}

/** How it ended. */
export function endText({
  source,
  state,
  fetched,
  new: fresh,
  gap_days: gaps,
  from,
  to,
}: BackfillStatus): string {
  const read = `${counted(fetched, "record")} read, ${countText(fresh)} new`;
  const open =
    gaps === 0 ? "" : `; ${counted(gaps, "day")} could not be read, or only in part: status names the gaps`;
  return `${source}: backfill of ${from} up to, and without, ${to} ${state}: ${read}${open}`;
}
