import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import { scrubber } from "../secret/scrub.ts";
import { ambientOf } from "./ambient.ts";
import { type Command, type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";
import { changed, tellRejected, tellReload } from "./reload.ts";
import { runOnce } from "./run-once.ts";

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
    if (ending !== undefined)
      tellReload({ type: "reload_ignored", why: "the daemon is stopping" }, config, terminal);
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
        // Its own secrets may stand in what is said of it.
        const scrub = scrubber(config.secrets.map(({ secret }) => secret));
        const reason = scrub(error instanceof Error ? error.message : String(error));
        tellRejected(new Error(reason), before, terminal);
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
