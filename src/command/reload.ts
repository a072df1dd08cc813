import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { reportLog } from "../report/log.ts";
import type { Report } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import { ambientOf } from "./ambient.ts";
import type { Terminal } from "./command.ts";

/**
 * The configuration as it is in the file now; undefined when it is the same or cannot be used. What came of
 * it is told in each case.
 */
export function changed(path: string, current: Config, terminal: Terminal): Config | undefined {
  try {
    const next = loadConfig(path, terminal);
    if (isDeepStrictEqual(comparable(next), comparable(current))) {
      tellReload({ type: "config_unchanged" }, current, terminal);
      return undefined;
    }
    tellReload({ type: "config_reloaded" }, current, terminal);
    return next;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tellRejected(error, current, terminal);
    return undefined;
  }
}

/** Why a configuration is not used. Secrets of the `rejected` one may stand in what is said of it. */
export function tellRejected(error: unknown, current: Config, terminal: Terminal, rejected?: Config): void {
  const problems = error instanceof ConfigError ? error.problems.length : 1;
  const words = error instanceof Error ? error.message : String(error);
  // Of several problems each has its line.
  const scrub = scrubber(rejected?.secrets.map(({ secret }) => secret) ?? []);
  const first = scrub(words.split("\n", 1)[0] ?? "");
  tellReload({ type: "config_rejected", problems, first }, current, terminal);
}

/** To the log of the configuration in use: there may be no daemon to say it. */
export function tellReload(report: Report, current: Config, terminal: Terminal): void {
  const { writeLog, logStyle } = ambientOf(terminal, current);
  const scrub = scrubber(current.secrets.map(({ secret }) => secret));
  reportLog({ ...logStyle, clock: terminal.clock, scrub, write: writeLog })(report);
}

/** As JSON every secret is the same, so their values stand beside it. */
function comparable(config: Config): unknown {
  const { stateDir, spool, sources, outputs, admin, log, shutdownTimeout } = config;
  const plain = JSON.stringify({ stateDir, spool, sources, outputs, admin, log, shutdownTimeout });
  return [JSON.parse(plain), config.secrets.map(({ path, secret }) => [path, secret.reveal()])];
}
