import { counted, durationText, sizeText } from "../text/amounts.ts";
import type { ArchiveReport } from "./archive-line.ts";
import { fixField, fixText, type Line, line } from "./line.ts";
import { isOfReplay, replayLine } from "./replay-line.ts";
import type { Report } from "./report.ts";

/** The log line of what happened to an output. */
export function outputLine(report: Exclude<Extract<Report, { output: string }>, ArchiveReport>): Line {
  if (isOfReplay(report)) return replayLine(report);
  const { type, output } = report;
  const where = `output ${output}`;
  switch (type) {
    case "delivered": {
      const { events, seconds } = report;
      return line("debug", `${where}: delivered ${counted(events, "event")} in ${durationText(seconds)}`, {
        type,
        output,
        events,
        seconds,
      });
    }
    case "delivery_summary": {
      const { events, batches, bytes, overSeconds } = report;
      return line(
        "info",
        `${where}: delivered ${counted(events, "event")} in ${counted(batches, "batch", "batches")}, ${sizeText(bytes)}, over ${durationText(overSeconds)}`,
        { type, output, events, batches, bytes, over_seconds: overSeconds },
      );
    }
    case "filtered":
      return line("debug", `${where}: left out ${counted(report.events, "event")} by its filter`, {
        type,
        output,
        events: report.events,
      });
    case "unknown_actions": {
      const { source, events } = report;
      return line(
        "info",
        `${where}: ${counted(events, "event")} of source ${source} with an action this version does not know; delivered all the same, with the fallback mapping`,
        { type, output, source, events },
      );
    }
    case "delivery_failed":
    case "delivery_warning":
    case "held":
    case "released":
    case "suspected":
    case "in_doubt":
    case "dead":
      return troubleLine(report);
    case "resent":
      return line("debug", `${where}: delivered ${counted(report.events, "event")} once more`, {
        type,
        output,
        events: report.events,
      });
    case "output_recovered":
      return line(
        "info",
        `${where}: delivers again after ${counted(report.failures, "failure")} in ${durationText(report.failedSeconds)}`,
        { type, output, failures: report.failures, failed_seconds: report.failedSeconds },
      );
    case "output_renamed":
      return line("info", `${where}: goes on where "${report.before}" was, which had the same destination`, {
        type,
        output,
        before: report.before,
      });
    case "output_abandoned":
      return line(
        "warn",
        `${where} is no longer configured and has ${counted(report.pending, "event")} it never got. Fix: if it was renamed, give it its old name back; otherwise ignore this`,
        { type, output, pending: report.pending },
      );
  }
}

type TroubleReport = Extract<
  Report,
  { type: "delivery_failed" | "delivery_warning" | "held" | "released" | "suspected" | "in_doubt" | "dead" }
>;

function troubleLine(report: TroubleReport): Line {
  const { type, output } = report;
  const where = `output ${output}`;
  switch (type) {
    case "delivery_failed": {
      const { reason, retryInMs, seconds } = report;
      const detail = quoted(report);
      const again = `Trying again in ${durationText(retryInMs / 1000)}; everything is kept`;
      return line(
        "warn",
        `${where}: delivery failed, ${detail} (${reason}).${fixText(report.fix)} ${again}`,
        {
          type,
          output,
          reason,
          detail,
          ...fixField(report.fix),
          retry_in_seconds: retryInMs / 1000,
          seconds,
        },
      );
    }
    case "delivery_warning":
      return line("warn", `${where}: ${report.text}`, { type, output, detail: report.text });
    case "held": {
      const { reason } = report;
      const detail = quoted(report);
      return line(
        "error",
        `${where} is HELD and needs a person: ${detail} (${reason}).${fixText(report.fix)} Everything is kept; delivery goes on by itself after the repair`,
        { type, output, reason, detail, ...fixField(report.fix) },
      );
    }
    case "released":
      return line("info", `${where}: works again after being held for ${durationText(report.heldSeconds)}`, {
        type,
        output,
        held_seconds: report.heldSeconds,
      });
    case "suspected": {
      const { uid, reason, detail } = report;
      return line(
        "warn",
        `${where}: event ${uid} was refused, ${detail} (${reason}). It is set aside, and given up only if it is refused again after others were accepted`,
        { type, output, uid, reason, detail },
      );
    }
    case "in_doubt":
      return line(
        "info",
        `${where}: sending ${counted(report.events, "event")} once more, which were delivered shortly before the connection failed (replay_window)`,
        { type, output, events: report.events },
      );
    case "dead": {
      const { uid, reason, detail } = report;
      return line(
        "error",
        `${where}: gave up event ${uid}, ${detail} (${reason}). It is kept in the dead letters of this output`,
        { type, output, uid, reason, detail },
      );
    }
  }
}

/** The log is for who may know: what the remote said of an event stands behind our own words. */
function quoted({ detail, quote }: { readonly detail: string; readonly quote?: string }): string {
  return quote === undefined ? detail : `${detail}; the remote said: ${quote}`;
}
