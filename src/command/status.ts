import { controlPath, queryDaemon } from "../admin/ask.ts";
import type { Config } from "../config/config.ts";
import { loadToLook } from "../config/look.ts";
import { whereabouts } from "../config/whereabouts.ts";
import { outputHop, sourceHop } from "../daemon/hops.ts";
import { spoolOfStore } from "../spool/spool-of-store.ts";
import { Conditions } from "../status/conditions.ts";
import { type RangeName, usualRange } from "../status/ranges.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { statusReport } from "../status/status.ts";
import type { StatusReport } from "../status/status-report.ts";
import { printable } from "../text/printable.ts";
import { type Command, exitCodes, type StatusOptions, type Terminal } from "./command.ts";
import { fitting, type Screen } from "./fitting.ts";
import { isLocked, openState, withoutSocket } from "./state-access.ts";
import { statusText } from "./status-text.ts";

const answerMs = 10_000;
const redrawMs = 2_000;
const clearScreen = "\u001b[H\u001b[2J";

/** Shows where everything stands: asks the daemon, or reads its state when none runs. */
export const status: Command<StatusOptions> = async ({ config: path, json, watch, range }, terminal) => {
  const { stateDir } = await whereabouts(path, terminal);
  const stop = new AbortController();
  const forget = watch ? terminal.onSignal("SIGINT", () => stop.abort()) : () => {};
  const redraws = watch && terminal.isTTY && !json;
  let isShown = false;
  try {
    do {
      const report = await currentStatus(stateDir, path, range ?? (json ? usualRange : "1h"), terminal);
      if (redraws) terminal.stdout.write(clearScreen);
      if (typeof report === "string") {
        terminal.stderr.write(`wandb-audit-forwarder: ${report}\n`);
        // A daemon that is started again meanwhile: who watches it wants to see that.
        if (!isShown) return exitCodes.failed;
      } else {
        isShown = true;
        const text = json
          ? printable(JSON.stringify(report, undefined, watch ? undefined : 2))
          : statusText(report, { colors: terminal.colors, unicode: speaksUnicode(terminal) });
        terminal.stdout.write(`${redraws ? fitting(text, screenOf(terminal)) : text}\n`);
      }
      if (watch) await terminal.clock.sleep(redrawMs, stop.signal);
    } while (watch && !stop.signal.aborted);
    return exitCodes.done;
  } finally {
    forget();
  }
};

function screenOf({ columns, rows = Number.POSITIVE_INFINITY }: Terminal): Screen {
  return { columns, rows };
}

/** What the locale says (locale(7)). */
function speaksUnicode({ environment: { LC_ALL, LC_CTYPE, LANG } }: Terminal): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}

/** In words where nothing can be told. */
async function currentStatus(
  stateDir: string,
  path: string,
  range: RangeName,
  terminal: Terminal,
): Promise<StatusReport | string> {
  const answer = await queryDaemon(
    { socketPath: controlPath(stateDir) },
    `/status?range=${range}`,
    answerMs,
  ).catch((error: Error) => error);
  if (answer === undefined) {
    try {
      const report = await offlineStatus(await loadToLook(path, terminal), terminal);
      return report ?? `no state in ${stateDir}: the daemon has not run yet`;
    } catch (error) {
      if (isLocked(error)) return withoutSocket(stateDir);
      throw error;
    }
  }
  if (answer instanceof Error) return cannotBeAsked(stateDir, answer);
  if (answer.status !== 200)
    return `the daemon at ${controlPath(stateDir)} answered ${answer.status}: ${printable(answer.body)}`;
  return JSON.parse(answer.body);
}

function cannotBeAsked(stateDir: string, error: NodeJS.ErrnoException): string {
  return error.code === "EACCES" || error.code === "EPERM"
    ? `the state in ${stateDir} belongs to another user\n  fix: run this as root or as the user of the service`
    : `the daemon at ${controlPath(stateDir)} cannot be asked: ${printable(error.message)}\n  fix: try again; if it stays, see its log and /livez`;
}

/** No daemon runs: the state speaks for itself. Undefined when there is none, which is then not made. */
async function offlineStatus(config: Config, terminal: Terminal): Promise<StatusReport | undefined> {
  const store = openState(config, terminal);
  if (store === undefined) return undefined;
  const { agent, clock } = terminal;
  const spool = spoolOfStore(store);
  try {
    const runtime: RuntimeView = {
      version: agent.version,
      startedAt: clock.now(),
      startedMonotonic: clock.monotonic(),
      clock,
      sources: config.sources.map((configured) => sourceHop(configured)),
      outputs: config.outputs.map((configured) => outputHop(configured)),
      conditions: new Conditions(clock.monotonic()),
      spool,
      hanging: () => [],
      once: false,
      diskFree: () => undefined,
    };
    const [state, books] = await Promise.all([spool.state(), spool.books()]);
    return statusReport(runtime, { state, books }, undefined);
  } finally {
    store.close();
  }
}
