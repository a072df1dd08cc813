import type { Config } from "../config/config.ts";
import { loadNamed } from "../config/load-named.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon, RunMode } from "../daemon/running-daemon.ts";
import { scrubber } from "../secret/scrub.ts";
import { ambientOf } from "./ambient.ts";
import type { Terminal } from "./command.ts";
import { NoStateAccess } from "./state-access.ts";

/** This process, as the daemon that a command needs for a while. */
export interface OwnDaemon {
  readonly daemon: Daemon;
  /** Rejects when it has ended by itself, a failure here: with `early` where nothing else is known. */
  alive(early: string): Promise<void>;
  /** Delivers what is at hand, and ends. Gives back how many events wait still. */
  end(why: string): Promise<number>;
}

/** Starts it. Rejects as `startDaemon`. */
export async function ownDaemon(path: string, terminal: Terminal, mode: RunMode = {}): Promise<OwnDaemon> {
  const config = await loadNamed(path, terminal);
  terminal.useScrub(scrubber(config.secrets.map(({ secret }) => secret)));
  const daemon = await startDaemon(config, quietAmbient(terminal, config), mode);
  let ended = false;
  const note = () => {
    ended = true;
  };
  daemon.ended.then(note, note);
  async function alive(early: string): Promise<void> {
    if (!ended) return;
    await daemon.ended;
    throw new NoStateAccess(early);
  }
  return {
    daemon,
    alive,
    async end(why) {
      await alive(`it ended by itself before: ${why}`);
      const left = await delivered(daemon, config, terminal);
      daemon.stop(why);
      await daemon.ended;
      return left;
    },
  };
}

/** Of its log only what is wrong, beside the progress. */
function quietAmbient(terminal: Terminal, config: Config) {
  const ambient = ambientOf(terminal, config);
  const { level } = ambient.logStyle;
  const writeLog = (line: string) => void terminal.stderr.write(line);
  return {
    ...ambient,
    writeLog,
    logStyle: { ...ambient.logStyle, level: level === "info" ? "warn" : level },
  };
}

/** Waits for the outputs as long as a stop may take. Gives back what is left. */
async function delivered(daemon: Daemon, { shutdownTimeout }: Config, { clock }: Terminal): Promise<number> {
  const until = clock.monotonic() + shutdownTimeout;
  for (;;) {
    const { outputs } = await daemon.spool.state();
    const left = outputs.map(({ abandoned, backlog }) => (abandoned ? 0 : backlog.events));
    const most = Math.max(0, ...left);
    if (most === 0 || clock.monotonic() >= until) return most;
    await clock.sleep(50, new AbortController().signal);
  }
}
