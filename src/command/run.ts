import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { redactor } from "../redactor.ts";
import { reportLog } from "../report/log.ts";
import type { Report } from "../report/report.ts";
import { type Daemon, startDaemon } from "../run.ts";
import { SourceError } from "../source/source.ts";
import { ambientOf } from "./ambient.ts";
import { type Command, type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";

/** The daemon. With `once` it reads every source to now, delivers everything and ends. */
export const run: Command<RunOptions> = (options, terminal) =>
  options.once ? runOnce(options, terminal) : serve(options, terminal);

/** Runs until a signal ends it. A changed configuration replaces the daemon in one step: the old one drains, the new one goes on from its state. */
async function serve({ config: path, acceptStateLoss }: RunOptions, terminal: Terminal): Promise<ExitCode> {
  let config = loadConfig(path, terminal);
  let ending = false;
  for (;;) {
    terminal.useRedactor(redactor(config.secrets.map(({ secret }) => secret)));
    const daemon = await startDaemon(config, ambientOf(terminal, config), { acceptStateLoss });
    let next: Config | undefined;
    const end = (why: string) => {
      if (ending) return daemon.stopNow();
      ending = true;
      daemon.stop(why);
    };
    const reload = async () => {
      next = await changed(path, config, terminal);
      if (next === undefined) daemon.refresh();
      else daemon.stop("the configuration changed");
    };
    const forget = [
      terminal.onSignal("SIGTERM", () => end("SIGTERM")),
      terminal.onSignal("SIGINT", () => end("SIGINT")),
      terminal.onSignal("SIGHUP", () => void reload()),
    ];
    try {
      await daemon.ended;
    } finally {
      for (const off of forget) off();
    }
    if (ending || next === undefined) return exitCodes.done;
    config = next;
  }
}

/** The configuration as it is in the file now; undefined when it is the same or cannot be used, which is reported. */
async function changed(path: string, current: Config, terminal: Terminal): Promise<Config | undefined> {
  const tell = reportLog({
    level: current.log.level,
    clock: terminal.clock,
    redact: (text) => text,
    write: ambientOf(terminal, current).writeLog,
  });
  try {
    const next = loadConfig(path, terminal);
    // Secrets compare equal: a new value is read by `refresh`, without a restart.
    if (isDeepStrictEqual(plain(next), plain(current))) return undefined;
    tell({ type: "config_reloaded" });
    return next;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tell({ type: "config_rejected", problems: error.problems.length });
    return undefined;
  }
}

function plain({ stateDir, spool, sources, outputs, admin, log, shutdownTimeout }: Config): unknown {
  return JSON.parse(JSON.stringify({ stateDir, spool, sources, outputs, admin, log, shutdownTimeout }));
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
  terminal.useRedactor(redactor(config.secrets.map(({ secret }) => secret)));
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
    daemon.stop(read && delivered ? "everything is done" : "not everything could be done");
    const lines = summary(daemon, totals, troubles);
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
  { spool, truth, ended }: Daemon,
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
    if (truth.outputs.every(({ name }) => spool.backlog(name).events === 0)) return true;
    if (giveUp.aborted) return false;
    await clock.sleep(50, AbortSignal.any([giveUp, failed.signal]));
  }
}

function summary(
  { spool, truth }: Daemon,
  totals: ReadonlyMap<string, number>,
  troubles: ReadonlyMap<string, string>,
): string[] {
  const lines = [`read ${totals.get("fetched") ?? 0} records, ${totals.get("new") ?? 0} new`];
  for (const { output, delivered, filtered, dead, backlog } of spool
    .outputs()
    .filter(({ abandoned }) => !abandoned)) {
    const { reason, detail, fix } = truth.outputs.find(({ name }) => name === output)?.condition() ?? {};
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
