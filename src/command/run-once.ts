import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import { type Ambient, startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import { reportLog } from "../report/log.ts";
import { scrubber } from "../secret/scrub.ts";
import { SourceError } from "../source/source.ts";
import { printable } from "../text/printable.ts";
import { ambientOf, logsAside } from "./ambient.ts";
import { type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";
import { OnceSummary } from "./once-summary.ts";

/** Reads every source to now, delivers everything, prints a summary and ends. Exit code 1: not everything. */
export async function runOnce(
  { config: path, timeoutMs, acceptStateLoss }: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const seen = new OnceSummary();
  const config = await loadNamed(path, terminal);
  terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
  const scene = sceneOf(config, terminal);
  const daemon = await startDaemon(
    config,
    { ...scene.ambient, watch: seen.note },
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
    const delivered = await deliverAndAttest(daemon, terminal, giveUp.signal);
    const { complete, lines } = seen.sum(await daemon.spool.state(), daemon.runtime);
    const done = read && delivered && complete;
    daemon.stop(done ? "everything is done" : "not everything could be done");
    await daemon.ended;
    scene.show(lines);
    return done ? exitCodes.done : exitCodes.failed;
  } finally {
    finished.abort();
    for (const off of forget) off();
  }
}

/** Where log lines go, and where the summary: never between each other. */
interface Scene {
  readonly ambient: Ambient;
  /** Shows the summary, when the last log line is written. */
  show(lines: readonly string[]): void;
}

function sceneOf(config: Config, terminal: Terminal): Scene {
  const ambient = ambientOf(terminal, config);
  const { logStyle, writeLog, clock } = ambient;
  const scrub = scrubber(config.secrets.map(({ secret }) => secret));
  const isText = logStyle.format === "text";
  // A person gets the summary: of the log only what is wrong, unless more was asked for.
  const level = isText && logStyle.level === "info" ? "warn" : logStyle.level;
  let anyLine = false;
  const write = (line: string) => {
    anyLine = true;
    writeLog(line);
  };
  return {
    ambient: { ...ambient, logStyle: { ...logStyle, level }, writeLog: write },
    show(lines) {
      if (!isText && logsAside(config)) {
        // Standard error has JSON lines, and stays so.
        const tell = reportLog({ ...logStyle, clock, scrub, write });
        for (const text of lines) tell({ type: "summary", text });
        return;
      }
      const apart = isText && anyLine ? "\n" : "";
      terminal.stderr.write(`${apart}${lines.map((line) => scrub(printable(line))).join("\n")}\n`);
    },
  };
}

/** Manifests name what was stored, and are told to the outputs in turn. As `deliverAll`. */
async function deliverAndAttest(daemon: Daemon, terminal: Terminal, giveUp: AbortSignal): Promise<boolean> {
  if (!(await deliverAll(daemon, terminal, giveUp))) return false;
  await daemon.attest(giveUp);
  return deliverAll(daemon, terminal, giveUp);
}

/** Waits until no output has a backlog; false when time is up first. */
async function deliverAll(daemon: Daemon, { clock }: Terminal, giveUp: AbortSignal): Promise<boolean> {
  const { spool, ended } = daemon;
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
    daemon.flush();
    await clock.sleep(50, AbortSignal.any([giveUp, failed.signal]));
  }
}
