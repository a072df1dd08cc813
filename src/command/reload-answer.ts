import type { ReloadAnswer } from "../admin/control.ts";
import type { Config } from "../config/config.ts";
import { lineOf } from "../report/line-of.ts";
import { reportLog } from "../report/log.ts";
import type { Report } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import { ambientOf } from "./ambient.ts";
import type { Terminal } from "./command.ts";

/** For who asks a daemon that starts. */
export const tooEarly: ReloadAnswer = {
  rejected: false,
  done: false,
  lines: ["the daemon is starting: everything is read again then, and the log says what came of it"],
};

/** For who asked: what came of it, and before that what the daemon has told meanwhile of its files. */
export function reloadAnswer(report: Report, heard: readonly Report[], current: Config): ReloadAnswer {
  const answers = [...heard.filter(({ type }) => ofFiles.has(type)), report];
  const scrub = scrubber(current.secrets.map(({ secret }) => secret));
  return {
    rejected: answers.some(isRejection),
    done: !answers.some(isUndone),
    lines: answers.map((each) => scrub(lineOf(each).msg)),
  };
}

const ofFiles: ReadonlySet<Report["type"]> = new Set([
  ...(["secret_reloaded", "tls_reloaded", "files_rejected", "service_trouble"] as const),
]);

function isRejection({ type }: Pick<Report, "type">): boolean {
  return type === "files_rejected" || type === "config_rejected";
}

/** The daemon ends, or its thread does not answer. */
function isUndone({ type }: Report): boolean {
  return isRejection({ type }) || type === "reload_ignored" || type === "service_trouble";
}

/** To the log of the configuration in use: there may be no daemon to say it. */
export function tellReload(report: Report, current: Config, terminal: Terminal): void {
  const { writeLog, logStyle } = ambientOf(terminal, current);
  const scrub = scrubber(current.secrets.map(({ secret }) => secret));
  reportLog({ ...logStyle, clock: terminal.clock, scrub, write: writeLog })(report);
}
