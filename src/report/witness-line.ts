import type { SourceReason } from "../source/source.ts";
import { counted, durationText } from "../text/amounts.ts";
import { fixField, fixText, type Line, line } from "./line.ts";

/** What is told of days that a witness compares with what its instance has. */
export type WitnessReport =
  | {
      readonly type: "witness_day";
      readonly source: string;
      readonly day: string;
      readonly fetched: number;
      readonly missing: number;
      readonly extra: number;
      readonly seconds: number;
    }
  /** Another difference than before: `uids` of some of the records. */
  | {
      readonly type: "witness_differs";
      readonly source: string;
      readonly day: string;
      readonly missing: number;
      readonly extra: number;
      readonly uids: readonly string[];
    }
  | { readonly type: "witness_agrees"; readonly source: string; readonly day: string }
  | {
      readonly type: "witness_failed";
      readonly source: string;
      readonly day: string;
      readonly message: string;
      /** It is left alone for a day. */
      readonly passed: boolean;
      /** Absent where the read ended well and the day was not shown. */
      readonly reason?: SourceReason;
      readonly fix?: string;
    };

/** Whether that is what is told. */
export function isOfWitness(report: { readonly type: string }): report is WitnessReport {
  return report.type.startsWith("witness_");
}

/** The log line of it. */
export function witnessLine(report: WitnessReport): Line {
  const { type, source, day } = report;
  const where = `witness ${source}: ${day}`;
  switch (type) {
    case "witness_day": {
      const { fetched, missing, extra, seconds } = report;
      return line(
        "debug",
        `${where} compared: ${counted(fetched, "record")}, ${missing} missing, ${extra} extra, in ${durationText(seconds)}`,
        { type, source, day, fetched, missing, extra, seconds },
      );
    }
    case "witness_differs": {
      const { missing, extra, uids } = report;
      const parts = [
        ...(missing > 0 ? [`it was shown ${counted(missing, "record")} that no other source has`] : []),
        ...(extra > 0 ? [`it was not shown ${counted(extra, "record")} that others have`] : []),
      ];
      return line(
        "warn",
        `${where} differs: ${parts.join(", and ")}. What was delivered stays delivered. Fix: see "A witness differs" in docs/operate.md`,
        { type, source, day, missing, extra, uids },
      );
    }
    case "witness_agrees":
      return line("info", `${where} agrees again with what its instance has`, { type, source, day });
    case "witness_failed": {
      const { message, passed, reason, fix } = report;
      const next = passed ? "It is tried again tomorrow" : "It is tried again after the next poll";
      return line(
        "warn",
        `${where} could not be compared, ${message}${reason === undefined ? "" : ` (${reason})`}.${fixText(fix)} ${next}`,
        { type, source, day, detail: message, passed, ...(reason && { reason }), ...fixField(fix) },
      );
    }
  }
}
