import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import { scrubber } from "../secret/scrub.ts";
import { stalledHops } from "../status/health.ts";
import { ambientOf } from "./ambient.ts";
import { type Command, type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";
import { changed, tellRejected, tellReload } from "./reload.ts";
import { runOnce } from "./run-once.ts";
import { serviceManager } from "./service-manager.ts";

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
  const manager = serviceManager({
    ...terminal,
    pid: terminal.pid,
    stalled: () => (daemon === undefined ? [] : stalledHops(daemon.runtime)),
    complain: (text) => tellReload({ type: "service_trouble", text }, config, terminal),
  });
  const end = (why: string) => {
    if (ending !== undefined) return daemon?.stopNow();
    ending = why;
    manager.stopping();
    daemon?.stop(why);
  };
  const reload = () => {
    reloadAsked = daemon === undefined;
    if (ending !== undefined)
      tellReload({ type: "reload_ignored", why: "the daemon is stopping" }, config, terminal);
    if (daemon === undefined || ending !== undefined) return;
    manager.reloading();
    // What files hold is taken over first: whatever differs
    // after that was changed in the configuration itself.
    if (next === undefined) daemon.refresh();
    next = changed(path, next ?? config, terminal) ?? next;
    if (next === undefined) manager.ready();
    else daemon.stop("the configuration changed");
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
        const ambient = { ...ambientOf(terminal, config), watch: manager.note };
        daemon = await startDaemon(config, ambient, { acceptStateLoss });
      } catch (error) {
        if (before === undefined) throw error;
        tellRejected(error, before, terminal, config);
        config = before;
        before = undefined;
        continue;
      }
      before = undefined;
      manager.ready();
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
    manager.close();
    for (const off of forget) off();
  }
}
