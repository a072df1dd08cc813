import type { Report } from "../report/report.ts";

/** Records that were kept with what is told. */
export function newOf(report: Report): number {
  switch (report.type) {
    case "poll_done":
    case "backfill_day":
    case "sweep_day":
      return report.new;
    case "poll_failed":
    case "backfill_failed":
    case "sweep_failed":
      return report.kept?.new ?? 0;
    default:
      return 0;
  }
}
