import { aheadText, counted, countText, durationText } from "../text/amounts.ts";
import { fixText, type Line, line } from "./line.ts";
import type { Report } from "./report.ts";

/** What is told of a source. */
export type SourceReport = Extract<
  Report,
  {
    type:
      | "poll_done"
      | "poll_failed"
      | "source_held"
      | "source_released"
      | "source_recovered"
      | "clock_wrong"
      | "clock_right"
      | "source_notice"
      | "source_gap"
      | "source_moved"
      | "other_organization"
      | "twins_undecided"
      | "read_again"
      | "day_shrank";
  }
>;

/** The log line of what happened to a source. */
export function sourceLine(report: SourceReport): Line {
  const { type, source } = report;
  const where = `source ${source}`;
  switch (type) {
    case "poll_done": {
      const { fetched, late, unparseable, seconds, caughtUp } = report;
      const extra = `${late > 0 ? `, ${countText(late)} late` : ""}${unparseable > 0 ? `, ${countText(unparseable)} unparseable` : ""}`;
      // Most reads of a quiet log bring nothing new, every few minutes.
      return line(
        report.new === 0 ? "debug" : "info",
        `${where}: read ${counted(fetched, "record")}, ${countText(report.new)} new${extra}, in ${durationText(seconds)}${caughtUp ? "" : "; reading on"}`,
        { type, source, fetched, new: report.new, late, unparseable, seconds, caught_up: caughtUp },
      );
    }
    case "poll_failed": {
      const { reason, message, fix, retryInMs, seconds } = report;
      const again = `Trying again in ${durationText(retryInMs / 1000)}; nothing is skipped`;
      return line("warn", `${where}: read failed, ${message} (${reason}).${fixText(fix)} ${again}`, {
        type,
        source,
        reason,
        detail: message,
        fix,
        retry_in_seconds: retryInMs / 1000,
        seconds,
      });
    }
    case "source_recovered": {
      const { failures, failedSeconds } = report;
      return line(
        "info",
        `${where}: reads work again after ${counted(failures, "failure")} in ${durationText(failedSeconds)}`,
        { type, source, failures, failed_seconds: failedSeconds },
      );
    }
    case "source_held":
    case "source_released":
    case "clock_wrong":
    case "clock_right":
      return repairLine(report);
    case "source_notice":
      return line("info", `${where}: ${report.text}`, { type, source, detail: report.text });
    case "source_gap": {
      const { day, reason } = report;
      return line(
        "error",
        `${where}: records of ${day} cannot be read (${reason}). The day is kept as a gap. Fix: ask the W&B administrator whether the day still exists elsewhere, such as in the bucket`,
        { type, source, day, reason },
      );
    }
    case "source_moved":
      return line(
        "info",
        `${where}: is read at ${report.now} now, no longer at ${report.before}; it is the same instance, so it goes on where it was`,
        { type, source, before: report.before, now: report.now },
      );
    case "other_organization": {
      const { detail, fix } = report;
      const text = `${where}: ${detail}.${fixText(fix)} Its records are kept and delivered`;
      return line("error", text, { type, source, detail, fix });
    }
    case "twins_undecided":
    case "read_again":
      return twinsLine(report);
    case "day_shrank": {
      const { day, before, now } = report;
      return line(
        "warn",
        `${where}: ${day} shows ${counted(now, "record")} where ${before} are known. What was delivered stays delivered. Check: was W&B restored from a backup, or does the key see less than before?`,
        { type, source, day, before, now },
      );
    }
  }
}

/** What a read alone does not tell about entries that look the same. */
function twinsLine(report: Extract<SourceReport, { type: "twins_undecided" | "read_again" }>): Line {
  const { type, source } = report;
  const where = `source ${source}`;
  if (type === "twins_undecided") {
    const { events } = report;
    return line(
      "warn",
      `${where}: of ${counted(events, "new event")} it cannot be told which of several that differ only in a name they are, because names changed in the same read. As many were kept as W&B shows; one of them may have an older one's content. Check: compare the users of that minute with W&B`,
      { type, source, events },
    );
  }
  const { doubted, missing } = report;
  const why = [
    doubted > 0 ? `${counted(doubted, "entry", "entries")} shown on two pages` : "",
    missing > 0 ? `${counted(missing, "new record")} not held until the end` : "",
  ].filter((part) => part !== "");
  return line("info", `${where}: reads the same once more before it counts (${why.join(", ")})`, {
    type,
    source,
    doubted,
    missing,
  });
}

type RepairReport = Extract<
  SourceReport,
  { type: "source_held" | "source_released" | "clock_wrong" | "clock_right" }
>;

/** What a person has to repair, and that it is repaired. */
function repairLine(report: RepairReport): Line {
  const { type, source } = report;
  const where = `source ${source}`;
  switch (type) {
    case "source_held": {
      const { reason, detail, fix } = report;
      return line(
        "error",
        `${where} is HELD and needs a person: ${detail} (${reason}).${fixText(fix)} W&B still has the records; reading goes on by itself after the repair`,
        { type, source, reason, detail, fix },
      );
    }
    case "source_released": {
      const { heldSeconds } = report;
      return line("info", `${where}: works again after being held for ${durationText(heldSeconds)}`, {
        type,
        source,
        held_seconds: heldSeconds,
      });
    }
    case "clock_wrong": {
      const { seconds } = report;
      return line(
        "warn",
        `${where}: the server's clock is ${aheadText(seconds)} this machine's. Fix: set the clocks of both machines by NTP`,
        { type, source, clock_difference_seconds: seconds },
      );
    }
    case "clock_right":
      return line("info", `${where}: the server's clock agrees with this machine's again`, { type, source });
  }
}
