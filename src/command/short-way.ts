import { parseDuration } from "../schema/parse-duration.ts";
import type { HealthcheckOptions, RunOptions, Terminal } from "./command.ts";
import { configPath } from "./config-path.ts";
import type { StartCommand } from "./definitions/definition.ts";

/**
 * What programs call, as they call it: a service, a health check every few seconds, an installer that asks
 * for the version. The same that the whole command line makes of these arguments, without loading what it
 * needs for help and for people's mistakes. Undefined: the arguments are not among these.
 */
export function shortWay(
  args: readonly string[],
  terminal: Pick<Terminal, "environment" | "stdout" | "agent">,
): ((start: StartCommand) => Promise<void>) | undefined {
  const [name, ...rest] = args;
  if ((name === "--version" || name === "-V") && rest.length === 0)
    return async () => void terminal.stdout.write(`${terminal.agent.version}\n`);
  const given = plainOptions(rest);
  if (given === undefined) return undefined;
  const config = configPath(given.config, terminal);
  if (name === "healthcheck") {
    const timeoutMs = parseDuration(given.timeout ?? "5s");
    if (timeoutMs === undefined) return undefined;
    return (start) =>
      start<HealthcheckOptions>(async () => (await import("./healthcheck.ts")).healthcheck, {
        config,
        timeoutMs,
      });
  }
  if (name === "run" && given.timeout === undefined)
    return (start) =>
      start<RunOptions>(async () => (await import("./run.ts")).run, {
        config,
        once: false,
        timeoutMs: 600_000,
        acceptStateLoss: false,
      });
  return undefined;
}

/** Options and their values in words of their own; undefined when there is anything else. */
function plainOptions(words: readonly string[]): { config?: string; timeout?: string } | undefined {
  const given: { config?: string; timeout?: string } = {};
  for (let at = 0; at < words.length; at += 2) {
    const [option, value] = words.slice(at, at + 2);
    if (value === undefined || value === "" || value.startsWith("-")) return undefined;
    if (option === "-c" || option === "--config") given.config = value;
    else if (option === "--timeout") given.timeout = value;
    else return undefined;
  }
  return given;
}
