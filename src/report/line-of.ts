import { fullSpool } from "../spool/full-spool.ts";
import { exposedFix, openFix, openText } from "../spool/private-directory.ts";
import { counted, sizeText } from "../text/amounts.ts";
import { archiveLine, isOfArchive } from "./archive-line.ts";
import { backfillLine, isOfBackfill } from "./backfill-line.ts";
import { fixField, fixText, type Line, line } from "./line.ts";
import { outputLine } from "./output-line.ts";
import type { Report } from "./report.ts";
import { sourceLine } from "./source-line.ts";
import { stateLine } from "./state-line.ts";
import { closedLine, isOfSweep, sweepLine } from "./sweep-line.ts";
import { isOfTrouble, troubleLine } from "./trouble-line.ts";
import { isOfWitness, witnessLine } from "./witness-line.ts";

const waiting = "some events are not delivered yet; they are kept and go out after the next start";

/** The log line of a report. */
export function lineOf(report: Report): Line {
  if (isOfArchive(report)) return archiveLine(report);
  if (isOfBackfill(report)) return backfillLine(report);
  if (isOfTrouble(report)) return troubleLine(report);
  if (isOfSweep(report)) return sweepLine(report);
  if (isOfWitness(report)) return witnessLine(report);
  if (report.type === "day_closed") return closedLine(report);
  const { type } = report;
  switch (type) {
    case "started":
      return startedLine(report);
    case "ready":
      return readyLine(report);
    case "not_ready":
      return notReadyLine(report);
    case "stopping":
      return line("info", `stopping: ${report.why}`, { type, why: report.why });
    case "stopped":
      return stoppedLine(report);
    case "summary":
      return line("info", report.text, { type });
    case "spool_full":
    case "spool_room":
    case "damage":
    case "state_tightened":
    case "state_exposed":
    case "own_event":
    case "pruned":
      return spoolLine(report);
    case "state_changed":
      return stateLine(report);
    case "secret_reloaded":
    case "tls_reloaded":
    case "files_rejected":
      return filesLine(report);
    case "config_warning":
    case "config_reloaded":
    case "config_unchanged":
    case "config_rejected":
    case "reload_ignored":
      return configurationLine(report);
    case "poll_done":
    case "poll_failed":
    case "source_held":
    case "source_released":
    case "source_recovered":
    case "clock_wrong":
    case "clock_right":
    case "source_notice":
    case "source_gap":
    case "source_moved":
    case "other_organization":
    case "twins_undecided":
    case "read_again":
    case "day_shrank":
      return sourceLine(report);
    default:
      return outputLine(report);
  }
}

function readyLine({ type, unproven }: Extract<Report, { type: "ready" }>): Line {
  if (unproven === undefined)
    return line("info", "ready: no source is held or behind, no output is held or has failed for long", {
      type,
    });
  const first = "ready as far as is known; nothing has shown yet that what was held works again";
  return line("info", `${first}: ${unproven.join(", ")}`, { type, unproven });
}

function notReadyLine({ type, hops, starting }: Extract<Report, { type: "not_ready" }>): Line {
  return line(starting ? "info" : "warn", `not ready: ${hops.join(", ")}`, { type, hops });
}

function startedLine({ type, version, sources, outputs, admin }: Extract<Report, { type: "started" }>): Line {
  const way = `${sources.join(", ") || "no source"} to ${outputs.join(", ") || "no output"}`;
  const page = admin === undefined ? "" : `; status page at ${admin}`;
  const fields = { type, version, sources, outputs, ...(admin === undefined ? {} : { admin }) };
  return line("info", `started: version ${version}, ${way}${page}`, fields);
}

function stoppedLine({ type, drained, dead }: Extract<Report, { type: "stopped" }>): Line {
  const given = dead > 0 ? `; ${counted(dead, "event")} given up in this run, kept as dead letters` : "";
  const end = drained ? "everything was delivered" : dead > 0 ? "not everything was delivered" : waiting;
  return line("info", `stopped: ${end}${given}`, { type, drained, dead });
}

type FilesReport = Extract<Report, { type: "secret_reloaded" | "tls_reloaded" | "files_rejected" }>;

function filesLine(report: FilesReport): Line {
  const { type, owner } = report;
  switch (type) {
    case "secret_reloaded":
      return line("info", `${owner}: a changed secret was read and is used from now on`, { type, owner });
    case "tls_reloaded":
      return line("info", `${owner}: changed TLS files were read and are used from now on`, { type, owner });
    case "files_rejected":
      return line(
        "warn",
        `${owner}: the old files stay in use: ${report.text}. Fix: mend the file; it is looked at again by itself`,
        { type, owner, detail: report.text },
      );
  }
}

type ConfigurationReport = Extract<
  Report,
  {
    type: "config_warning" | "config_reloaded" | "config_unchanged" | "config_rejected" | "reload_ignored";
  }
>;

function configurationLine(report: ConfigurationReport): Line {
  const { type } = report;
  switch (type) {
    case "config_warning": {
      const { path, text, fix } = report;
      return line("warn", `configuration: ${path}: ${text}.${fixText(fix)}`, {
        type,
        path,
        detail: text,
        ...fixField(fix),
      });
    }
    case "config_reloaded":
      return line(
        "info",
        'the configuration was read again; it takes over when what is at hand is delivered or shutdown_timeout is over, and the log says "started" then',
        { type },
      );
    case "config_unchanged":
      return line(
        "info",
        "the configuration is unchanged; secrets and certificates were read again, and everything is tried now",
        { type },
      );
    case "reload_ignored":
      return line("info", `nothing is read again: ${report.why}`, { type, why: report.why });
    case "config_rejected": {
      const { problems, first, fix = rejectedFix, pending } = report;
      const used = pending === true ? "the one that was read before it takes over" : "the old one stays";
      const more = problems > 1 ? ` (and ${counted(problems - 1, "more problem", "more problems")})` : "";
      return line("error", `the new configuration is not used, ${used}: ${first}${more}.${fixText(fix)}`, {
        type,
        problems,
        first,
      });
    }
  }
}

const rejectedFix = 'see "wandb-audit-forwarder check --offline", mend the file, reload again';

type SpoolReport = Extract<
  Report,
  {
    type:
      | "spool_full"
      | "spool_room"
      | "damage"
      | "state_tightened"
      | "state_exposed"
      | "own_event"
      | "pruned";
  }
>;

function spoolLine(report: SpoolReport): Line {
  const { type } = report;
  switch (type) {
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
        `state damaged on disk: ${counted(records, "record")}${source === "" ? "" : ` of source ${source}`} (${reason}). What the source still has is read again and delivered under the same uid. Fix: check this disk and file system`,
        { type, ...(source === "" ? {} : { source }), records, reason },
      );
    }
    case "state_tightened": {
      const { directory, mode, files } = report;
      return line(
        "warn",
        `state_dir ${directory} was open to other users: ${openText(report)}. Their rights were taken away.${fixText(openFix)}`,
        { type, directory, files, ...(mode === undefined ? {} : { mode: mode.toString(8) }), fix: openFix },
      );
    }
    case "state_exposed": {
      const { directory, above } = report;
      const fix = exposedFix(above);
      return line(
        "warn",
        `state_dir ${directory} can be moved away by every user, who may write in ${above}: the next start would begin afresh.${fixText(fix)}`,
        { type, directory, above, fix },
      );
    }
    case "own_event":
      return line("debug", `an event of our own is kept for the outputs: ${report.action}`, {
        type,
        action: report.action,
      });
    case "pruned":
      return line("debug", `removed ${counted(report.records, "record")} that every output has settled`, {
        type,
        records: report.records,
      });
  }
}
