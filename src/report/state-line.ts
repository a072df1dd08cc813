import { secondText } from "../text/amounts.ts";
import { fixText, type Line, line } from "./line.ts";
import type { Report } from "./report.ts";

type StateReport = Extract<Report, { type: "state_changed" }>;
type Rebuilt = Extract<StateReport, { found: "rebuilt" }>;

/** The log line of a state that is not as the last run left it. */
export function stateLine(report: StateReport): Line {
  if (report.found === "rebuilt") return rebuiltLine(report);
  const { type, found, directory, seenAt, ended } = report;
  const seen = seenAt === undefined ? undefined : new Date(seenAt).toISOString();
  const run = seen === undefined ? "the last run" : `the last run (seen until ${secondText(seen)}Z)`;
  const { level, text, fix } = words(report, run);
  return line(level, `state_dir ${directory}: ${text}.${fixText(fix)}`, {
    type,
    found,
    directory,
    ...(seen === undefined ? {} : { seen_until: seen }),
    ...(ended === undefined ? {} : { ended }),
    ...(report.found === "other_host" ? { host: report.host } : {}),
    fix,
  });
}

function rebuiltLine({ type, found, directory }: Rebuilt): Line {
  const text = `state_dir ${directory}: the database was built anew, as REBUILD asked for, and no row of it was lost. The one before is kept as spool.db.corrupt-TIME until somebody removes it`;
  return line("info", text, { type, found, directory });
}

const again =
  "what came after it is read again and delivered again, with the same uids; what was still to be delivered then, and what the sources no longer have, is missing";
const twice = "one state must not be used twice: then every event arrives twice, with the same uids";

function words(
  report: Exclude<StateReport, Rebuilt>,
  run: string,
): { readonly level: "info" | "warn"; readonly text: string; readonly fix: string } {
  switch (report.found) {
    case "older":
      return {
        level: "warn",
        text: `this is older state than ${run} left: a backup or an older copy was put here; ${again}`,
        fix: "none where this was meant: remove the repetitions in the SIEM by uid, and see in status which days cannot be read",
      };
    case "copied":
      return {
        level: "warn",
        text: `the database is another file than that of ${run}: it was restored, copied, or moved to another disk. After a restore, ${again}`,
        fix: `none where it was moved or restored. Where it was copied, see that the other copy is not used: ${twice}`,
      };
    case "other_host":
      return {
        level: report.ended ? "info" : "warn",
        text: `${run} was on host ${report.host}${report.ended ? ", and ended in order" : ", and did not say that it ended"}`,
        fix: `none where the daemon was moved here. See that it does not run there any more: ${twice}`,
      };
  }
}
