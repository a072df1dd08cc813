import type { SourceReason } from "../source/source.ts";
import type { LatenessCounts } from "../spool/lateness.ts";
import { counted, durationText } from "../text/amounts.ts";
import type { BackfillReport } from "./backfill-line.ts";
import { fixField, fixText, type Line, line } from "./line.ts";
import type { WitnessReport } from "./witness-line.ts";

/** What is told of days that were read on their own. */
export type PastDayReport = BackfillReport | SweepReport | WitnessReport | ClosedReport;

/** What a read of a day has shown and kept, and how late that came. */
interface Swept {
  readonly fetched: number;
  readonly new: number;
  readonly late: number;
  readonly unparseable: number;
}

/** What is told of days that are read once more when they are so and so old. */
export type SweepReport =
  /** One read of such a day, which is `age` days old. */
  | (Swept & {
      readonly type: "sweep_day";
      readonly source: string;
      readonly day: string;
      readonly age: number;
      readonly seconds: number;
      readonly lateness?: LatenessCounts;
    })
  | {
      readonly type: "sweep_failed";
      readonly source: string;
      readonly day: string;
      readonly message: string;
      /** It is not tried again. */
      readonly passed: boolean;
      /** What follows is absent where the read ended well and the day was not shown. */
      readonly reason?: SourceReason;
      readonly fix?: string;
      readonly kept?: Swept;
      readonly lateness?: LatenessCounts;
    };

/** A day of which nothing more is expected, and what was shown of it: as `ClosedDay`. */
export interface ClosedReport {
  readonly type: "day_closed";
  readonly source: string;
  readonly day: string;
  readonly records: number;
  readonly identities: number;
  readonly digest: string;
}

/** The log line of it. */
export function closedLine({ type, source, day, records, identities, digest }: ClosedReport): Line {
  return line("info", `source ${source}: ${day} is closed: ${counted(records, "record")}, digest ${digest}`, {
    ...{ type, source, day, records, identities, digest },
  });
}

/** Whether that is what is told. */
export function isOfSweep(report: { readonly type: string }): report is SweepReport {
  return report.type.startsWith("sweep_");
}

/** The log line of it. */
export function sweepLine(report: SweepReport): Line {
  const { type, source, day } = report;
  const where = `source ${source}: ${day}`;
  switch (type) {
    case "sweep_day": {
      const { age, fetched, late, unparseable, seconds } = report;
      const found = report.new === 0 ? "nothing came late" : `${counted(report.new, "record")} came late`;
      return line(
        "info",
        `${where} read once more, ${counted(age, "day")} old: ${counted(fetched, "record")}, ${found}, in ${durationText(seconds)}`,
        { type, source, day, age_days: age, fetched, new: report.new, late, unparseable, seconds },
      );
    }
    case "sweep_failed": {
      const { message, passed, reason, fix } = report;
      const next = passed
        ? "It is left alone: what was read of it before stays"
        : "It is tried again after the next poll";
      return line(
        "warn",
        `${where} could not be read once more, ${message}${reason === undefined ? "" : ` (${reason})`}.${fixText(fix)} ${next}`,
        { type, source, day, detail: message, passed, ...(reason && { reason }), ...fixField(fix) },
      );
    }
  }
}
