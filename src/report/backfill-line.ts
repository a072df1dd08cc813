import type { SourceReason } from "../source/source.ts";
import { counted, countText, durationText } from "../text/amounts.ts";
import { fixText, type Line, line } from "./line.ts";

/** What is told of days that a person wants read once more. */
export type BackfillReport =
  /** A person wants these UTC days of a source read once more: `to` is the first that is not wanted. */
  | { readonly type: "backfill_planned"; readonly source: string; readonly from: string; readonly to: string }
  /** One read of such a day; `left`: days that are still to be read. */
  | {
      readonly type: "backfill_day";
      readonly source: string;
      readonly day: string;
      readonly fetched: number;
      readonly new: number;
      readonly late: number;
      readonly unparseable: number;
      readonly seconds: number;
      readonly left: number;
    }
  | {
      readonly type: "backfill_failed";
      readonly source: string;
      readonly day: string;
      readonly reason: SourceReason;
      readonly message: string;
      readonly fix: string;
      /** What the read had shown and kept before it failed. */
      readonly kept: {
        readonly fetched: number;
        readonly new: number;
        readonly late: number;
        readonly unparseable: number;
      };
    }
  | {
      readonly type: "backfill_done";
      readonly source: string;
      readonly fetched: number;
      readonly new: number;
      /** Days that could not be read, or only in part. */
      readonly gaps: number;
    }
  | { readonly type: "backfill_cancelled"; readonly source: string };

/** Whether that is what is told. */
export function isOfBackfill(report: { readonly type: string }): report is BackfillReport {
  return report.type.startsWith("backfill_");
}

/** The log line of it. */
export function backfillLine(report: BackfillReport): Line {
  const { type, source } = report;
  const where = `source ${source}: backfill`;
  switch (type) {
    case "backfill_planned": {
      const { from, to } = report;
      return line("info", `${where} of ${from} up to, and without, ${to}`, { type, source, from, to });
    }
    case "backfill_day": {
      const { day, fetched, late, unparseable, seconds, left } = report;
      return line(
        "info",
        `${where}: read ${counted(fetched, "record")} of ${day}, ${countText(report.new)} new, in ${durationText(seconds)}; ${counted(left, "day")} left`,
        { type, source, day, fetched, new: report.new, late, unparseable, seconds, days_left: left },
      );
    }
    case "backfill_failed": {
      const { day, reason, message, fix } = report;
      return line(
        "warn",
        `${where}: ${day} could not be read, ${message} (${reason}).${fixText(fix)} It is read again after the next poll; a day that keeps failing while polls succeed becomes a gap`,
        { type, source, day, reason, detail: message, fix },
      );
    }
    case "backfill_done": {
      const { fetched, gaps } = report;
      return line(
        gaps === 0 ? "info" : "warn",
        `${where} done: ${counted(fetched, "record")} read, ${countText(report.new)} new${gaps === 0 ? "" : `; ${counted(gaps, "day")} could not be read, see the gaps in status`}`,
        { type, source, fetched, new: report.new, gaps },
      );
    }
    case "backfill_cancelled":
      return line("info", `${where} cancelled; what it has read stays`, { type, source });
  }
}
