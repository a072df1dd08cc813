import type { Config } from "../config/config.ts";
import type { Ambient } from "../run.ts";
import type { Terminal } from "./command.ts";

/** What the daemon sees of the terminal it was started from. Log lines leave standard output to the events when an output writes there. */
export function ambientOf({ clock, agent, environment, stdout, stderr }: Terminal, config: Config): Ambient {
  const log = config.outputs.some(({ kind }) => kind.type === "stdout") ? stderr : stdout;
  return { clock, agent, environment, writeLog: (line) => log.write(line), stdout };
}
