import { fullSpool } from "../spool/full-spool.ts";
import { durationText, sizeText } from "../text/amounts.ts";
import type { Report } from "./report.ts";

/** What one report becomes in the log. */
export interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  /** For the person on call: what happened, where, what to do. */
  readonly msg: string;
  /** The same for programs: flat, names in snake_case, the same name for the same thing everywhere. */
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export function makeLog(report: Report): Line {
  const { type } = report;
  switch (type) {
    case "started": {
      const { version, sources, outputs, admin } = report;
      const way = `${sources.join(", ") || "no source"} to ${outputs.join(", ") || "no output"}`;
      const page = admin === undefined ? "" : `; status page at ${admin}`;
      return line("info", `started: version ${version}, ${way}${page}`, {
        type,
        version,
        sources,
        outputs,
        ...(admin === undefined ? {} : { admin }),
      });
    }
    case "stopping":
      return line("info", `stopping: ${report.why}`, { type, why: report.why });
    case "stopped":
      return line(
        "info",
        report.drained
          ? "stopped: everything was delivered"
          : "stopped: some events are not delivered yet; they are kept and go out after the next start",
        { type, drained: report.drained },
      );
    case "spool_full": {
      const { bytes, maxBytes, diskFull } = report;
      const { detail, fix } = fullSpool(report);
      return line(
        "error",
        `spool full: ${detail}. Sources are not read until there is room; nothing is lost while the source still holds the days. Fix: ${fix}`,
        { type, bytes, max_bytes: maxBytes, disk_full: diskFull },
      );
    }
    case "spool_room": {
      const { bytes, maxBytes } = report;
      return line(
        "info",
        `spool has room again (${sizeText(bytes)} of ${sizeText(maxBytes)}): reading goes on`,
        { type, bytes, max_bytes: maxBytes },
      );
    }
    case "damage": {
      const { source, records, reason } = report;
      return line(
        "error",
        `state damaged on disk: ${records} records${source === "" ? "" : ` of source ${source}`} (${reason}). What the source still has is read again and delivered under the same uid. Fix: check this disk and file system`,
        { type, ...(source === "" ? {} : { source }), records, reason },
      );
    }
    case "pruned":
      return line("debug", `removed ${report.records} records that every output has settled`, {
        type,
        records: report.records,
      });
    case "secret_reloaded":
      return line("info", `${report.owner}: a changed secret was read and is used from now on`, {
        type,
        owner: report.owner,
      });
    case "config_reloaded":
      return line("info", "the configuration was read again and is used from now on", { type });
    case "telemetry_trouble":
      return line("warn", `own telemetry: ${report.text}`, { type, detail: report.text });
    case "config_rejected":
      return line(
        "error",
        `the new configuration has ${report.problems} problem(s) and is not used; the old one stays. Fix: see "wandb-audit-forwarder check --offline", mend the file, reload again`,
        { type, problems: report.problems },
      );
    case "poll_done":
    case "poll_failed":
    case "source_recovered":
    case "source_notice":
    case "source_gap":
    case "day_shrank":
      return sourceLine(report);
    default:
      return outputLine(report);
  }
}

function line(level: Line["level"], msg: string, fields: Line["fields"]): Line {
  return { level, msg, fields };
}

type SourceReport = Extract<
  Report,
  {
    type: "poll_done" | "poll_failed" | "source_recovered" | "source_notice" | "source_gap" | "day_shrank";
  }
>;

function sourceLine(report: SourceReport): Line {
  const { type, source } = report;
  const where = `source ${source}`;
  switch (type) {
    case "poll_done": {
      const { fetched, late, unparseable, seconds, caughtUp } = report;
      const extra = `${late > 0 ? `, ${late} late` : ""}${unparseable > 0 ? `, ${unparseable} unparseable` : ""}`;
      return line(
        "info",
        `${where}: read ${fetched} records, ${report.new} new${extra}, in ${durationText(seconds)}${caughtUp ? "" : "; reading on"}`,
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
    case "source_recovered":
      return line("info", `${where}: reads work again after ${report.failures} failure(s)`, {
        type,
        source,
        failures: report.failures,
      });
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
    case "day_shrank": {
      const { day, before, now } = report;
      return line(
        "warn",
        `${where}: ${day} shows ${now} records where ${before} are known. What was delivered stays delivered. Check: was W&B restored from a backup, or does the key see less than before?`,
        { type, source, day, before, now },
      );
    }
  }
}

function outputLine(report: Extract<Report, { output: string }>): Line {
  const { type, output } = report;
  const where = `output ${output}`;
  switch (type) {
    case "delivered": {
      const { events, seconds } = report;
      return line("debug", `${where}: delivered ${events} events in ${durationText(seconds)}`, {
        type,
        output,
        events,
        seconds,
      });
    }
    case "filtered":
      return line("debug", `${where}: left out ${report.events} events by its filter`, {
        type,
        output,
        events: report.events,
      });
    case "unknown_actions": {
      const { source, events } = report;
      return line(
        "info",
        `${where}: ${events} events of source ${source} have an action this version does not know; they are delivered all the same, with the fallback mapping`,
        { type, output, source, events },
      );
    }
    case "delivery_failed": {
      const { reason, detail, retryInMs, seconds } = report;
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
      const { reason, detail } = report;
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
    case "dead": {
      const { uid, reason, detail } = report;
      return line(
        "error",
        `${where}: gave up event ${uid}, ${detail} (${reason}). It is kept in the dead letters of this output`,
        { type, output, uid, reason, detail },
      );
    }
    case "output_recovered":
      return line("info", `${where}: delivers again after ${report.failures} failure(s)`, {
        type,
        output,
        failures: report.failures,
      });
    case "output_abandoned":
      return line(
        "warn",
        `${where} is no longer configured and has ${report.pending} events it never got. Fix: if it was renamed, give it its old name back; otherwise ignore this`,
        { type, output, pending: report.pending },
      );
  }
}

function fixText(fix: string | undefined): string {
  return fix === undefined ? "" : ` Fix: ${fix.replace(/\.$/, "")}.`;
}

function fixField(fix: string | undefined): { fix?: string } {
  return fix === undefined ? {} : { fix };
}
