import type { Config } from "../config/config.ts";
import type { Ambient } from "../daemon/daemon.ts";
import type { Terminal } from "./command.ts";

/**
 * What the daemon sees of the terminal it was started from. Log lines
 * leave standard output to the events when an output writes there.
 */
export function ambientOf(terminal: Terminal, config: Config): Ambient {
  const { clock, random, agent, environment, stdout, stderr, pid, uid } = terminal;
  const log = config.outputs.some(({ writesToStdout }) => writesToStdout) ? stderr : stdout;
  const self = { ...(pid === undefined ? {} : { pid }), ...(uid === undefined ? {} : { uid }) };
  return { clock, random, agent, environment, writeLog: (line) => log.write(line), stdout, ...self };
}
