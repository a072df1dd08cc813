import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import { reportLog } from "../report/log.ts";
import type { Report } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import { SourceError } from "../source/source.ts";
import { printable } from "../text/printable.ts";
import { ambientOf } from "./ambient.ts";
import { type Command, type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";

/** The daemon. With `once` it reads every source to now, delivers everything and ends. */
export const run: Command<RunOptions> = (options, terminal) =>
  options.once ? runOnce(options, terminal) : serve(options, terminal);

/**
 * Runs until a signal ends it. A changed configuration replaces the daemon
 * in one step: the old one drains, the new one goes on from its state.
 */
async function serve({ config: path, acceptStateLoss }: RunOptions, terminal: Terminal): Promise<ExitCode> {
  let config = loadConfig(path, terminal);
  /** The configuration to go back to when the next one cannot be started. */
  let before: Config | undefined;
  let next: Config | undefined;
  let daemon: Daemon | undefined;
  let ending: string | undefined;
  let reloadAsked = false;
  const end = (why: string) => {
    if (ending !== undefined) return daemon?.stopNow();
    ending = why;
    daemon?.stop(why);
  };
  const reload = () => {
    reloadAsked = daemon === undefined;
    if (daemon === undefined || ending !== undefined) return;
    // What files hold is taken over first: whatever differs
    // after that was changed in the configuration itself.
    if (next === undefined) daemon.refresh();
    next = changed(path, next ?? config, terminal) ?? next;
    if (next !== undefined) daemon.stop("the configuration changed");
  };
  // Before the first daemon starts, and through the change from
  // one to the next: without a listener these signals kill.
  const forget = [
    terminal.onSignal("SIGTERM", () => end("SIGTERM")),
    terminal.onSignal("SIGINT", () => end("SIGINT")),
    terminal.onSignal("SIGHUP", reload),
  ];
  terminal.outliveReader?.();
  try {
    for (;;) {
      terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
      try {
        daemon = await startDaemon(config, ambientOf(terminal, config), { acceptStateLoss });
      } catch (error) {
        if (before === undefined) throw error;
        tellReload({ type: "config_rejected", problems: 1 }, before, terminal);
        const reason = error instanceof Error ? error.message : String(error);
        const scrub = scrubber(config.secrets.map(({ secret }) => secret));
        terminal.stderr.write(`wandb-audit-forwarder: ${scrub(printable(reason))}\n`);
        config = before;
        before = undefined;
        continue;
      }
      before = undefined;
      if (ending !== undefined) daemon.stop(ending);
      else if (reloadAsked) reload();
      await daemon.ended;
      daemon = undefined;
      if (ending !== undefined || next === undefined) return exitCodes.done;
      before = config;
      config = next;
      next = undefined;
    }
  } finally {
    for (const off of forget) off();
  }
}

/**
 * The configuration as it is in the file now; undefined
 * when it is the same or cannot be used, which is reported.
 */
function changed(path: string, current: Config, terminal: Terminal): Config | undefined {
  try {
    const next = loadConfig(path, terminal);
    if (isDeepStrictEqual(comparable(next), comparable(current))) return undefined;
    tellReload({ type: "config_reloaded" }, current, terminal);
    return next;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tellReload({ type: "config_rejected", problems: error.problems.length }, current, terminal);
    return undefined;
  }
}

/** To the log of the configuration in use: there may be no daemon to say it. */
function tellReload(report: Report, current: Config, terminal: Terminal): void {
  const { writeLog } = ambientOf(terminal, current);
  const { level } = current.log;
  reportLog({ level, clock: terminal.clock, scrub: (text) => text, write: writeLog })(report);
}

/** As JSON every secret is the same, so their values stand beside it. */
function comparable(config: Config): unknown {
  const { stateDir, spool, sources, outputs, admin, log, shutdownTimeout } = config;
  const plain = JSON.stringify({ stateDir, spool, sources, outputs, admin, log, shutdownTimeout });
  return [JSON.parse(plain), config.secrets.map(({ path, secret }) => [path, secret.reveal()])];
}

async function runOnce(
  { config: path, timeoutMs, acceptStateLoss }: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const totals = new Map<string, number>();
  const troubles = new Map<string, string>();
  const watch = (report: Report) => {
    if (report.type === "poll_done")
      for (const key of ["fetched", "new"] as const) totals.set(key, (totals.get(key) ?? 0) + report[key]);
    if (report.type === "poll_failed")
      troubles.set(`source ${report.source}`, `${report.message}; ${report.fix}`);
    if (report.type === "source_recovered") troubles.delete(`source ${report.source}`);
  };
  const config = loadConfig(path, terminal);
  terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
  const daemon = await startDaemon(
    config,
    { ...ambientOf(terminal, config), watch },
    { once: true, acceptStateLoss },
  );
  const giveUp = new AbortController();
  const forget = (["SIGTERM", "SIGINT"] as const).map((signal) =>
    terminal.onSignal(signal, () => giveUp.abort()),
  );
  const finished = new AbortController();
  void terminal.clock.sleep(timeoutMs, finished.signal).then(() => giveUp.abort());
  try {
    const read = await daemon.readToNow(giveUp.signal).then(
      () => !giveUp.signal.aborted,
      (error: unknown) => {
        if (error instanceof SourceError || giveUp.signal.aborted) return false;
        throw error;
      },
    );
    const delivered = await deliverAll(daemon, terminal, giveUp.signal);
    const lines = await summary(daemon, totals, troubles);
    daemon.stop(read && delivered ? "everything is done" : "not everything could be done");
    await daemon.ended;
    terminal.stderr.write(`${lines.join("\n")}\n`);
    return read && delivered ? exitCodes.done : exitCodes.failed;
  } finally {
    finished.abort();
    for (const off of forget) off();
  }
}

/** Waits until no output has a backlog; false when time is up first. */
async function deliverAll(
  { spool, ended }: Daemon,
  { clock }: Terminal,
  giveUp: AbortSignal,
): Promise<boolean> {
  const failed = new AbortController();
  ended.then(
    () => failed.abort(),
    () => failed.abort(),
  );
  for (;;) {
    if (failed.signal.aborted) await ended;
    const { outputs } = await spool.state();
    if (outputs.every(({ abandoned, backlog }) => abandoned || backlog.events === 0)) return true;
    if (giveUp.aborted) return false;
    await clock.sleep(50, AbortSignal.any([giveUp, failed.signal]));
  }
}

async function summary(
  { spool, runtime }: Daemon,
  totals: ReadonlyMap<string, number>,
  troubles: ReadonlyMap<string, string>,
): Promise<string[]> {
  const lines = [`read ${totals.get("fetched") ?? 0} records, ${totals.get("new") ?? 0} new`];
  const { outputs } = await spool.state();
  for (const { output, delivered, filtered, dead, backlog, abandoned } of outputs) {
    if (abandoned) continue;
    const { reason, detail, fix } = runtime.conditions.output(output);
    const trouble =
      backlog.events === 0 || reason === undefined
        ? ""
        : `; ${reason}: ${detail ?? ""}${fix === undefined ? "" : `; ${fix}`}`;
    lines.push(
      `output ${output}: ${backlog.events === 0 ? "everything delivered" : `${backlog.events} not delivered yet, kept for the next run`}${trouble} (in all: ${delivered} delivered, ${filtered} filtered, ${dead} dead)`,
    );
  }
  for (const [where, what] of troubles) lines.push(`${where}: not read to now: ${what}`);
  return lines;
}
