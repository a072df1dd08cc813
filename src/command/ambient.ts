import type { Config } from "../config/config.ts";
import type { Ambient } from "../daemon/daemon.ts";
import type { LogStyle } from "../report/log.ts";
import { boundedLog } from "./bounded-log.ts";
import type { Terminal } from "./command.ts";

/**
 * What the daemon sees of the terminal it was started from. Log lines leave standard output to the events
 * when an output writes there.
 */
export function ambientOf(terminal: Terminal, config: Config): Ambient {
  const { clock, random, agent, environment, stdout, stderr, pid, uid } = terminal;
  const log = logsAside(config) ? stderr : stdout;
  const self = { ...(pid === undefined ? {} : { pid }), ...(uid === undefined ? {} : { uid }) };
  const logStyle = logStyleOf(terminal, config);
  const writeLog = boundedLog(log, logStyle, clock);
  const stdin = () => terminal.stdin as AsyncIterable<Buffer>;
  return { clock, random, agent, environment, writeLog, logStyle, stdin, stdout, ...self };
}

/** Whether log lines go to standard error, because the events go to standard output. */
export function logsAside({ outputs }: Config): boolean {
  return outputs.some(({ writesToStdout }) => writesToStdout);
}

/** `auto`: text where a person reads it, JSON where a program does. */
function logStyleOf(terminal: Terminal, config: Config): LogStyle {
  const { level, format } = config.log;
  const aside = logsAside(config);
  const isTTY = aside ? terminal.stderrIsTTY : terminal.isTTY;
  return {
    level,
    format: format === "auto" ? (isTTY ? "text" : "json") : format,
    colors: aside ? terminal.stderrColors : terminal.colors,
  };
}
