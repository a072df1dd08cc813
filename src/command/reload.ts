import { askToReload, controlPath, type DaemonAnswer } from "../admin/ask.ts";
import type { ReloadAnswer } from "../admin/control.ts";
import { whereabouts } from "../config/whereabouts.ts";
import { printable } from "../text/printable.ts";
import { type Command, exitCodes, type ReloadOptions } from "./command.ts";

/**
 * Asks the running daemon, by its control socket, to read configuration, secrets and TLS files again, and
 * prints what changed.
 */
export const reload: Command<ReloadOptions> = async ({ config, json, timeoutMs }, terminal) => {
  const { stateDir } = await whereabouts(config, terminal);
  const where = controlPath(stateDir);
  const answer = await askToReload({ socketPath: where }, timeoutMs).catch((error: Error) => error);
  const outcome = outcomeOf(answer, where);
  if (typeof outcome === "string") {
    terminal.stderr.write(`wandb-audit-forwarder: ${printable(outcome)}\n`);
    return exitCodes.failed;
  }
  const text = json ? JSON.stringify(outcome) : outcome.lines.map((line) => printable(line)).join("\n");
  terminal.stdout.write(`${text}\n`);
  if (outcome.rejected) return exitCodes.usage;
  return outcome.done ? exitCodes.done : exitCodes.failed;
};

/** In words where there is none. */
function outcomeOf(answer: DaemonAnswer | Error | undefined, where: string): ReloadAnswer | string {
  if (answer === undefined)
    return `no daemon answers at ${where}: start it, it reads everything then. One that goes over to another configuration answers in a moment`;
  if (answer instanceof Error) {
    const { code } = answer as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM"
      ? `the daemon at ${where} belongs to another user: run this as root or as the user of the service`
      : `the daemon at ${where} cannot be asked: ${answer.message}; see its log`;
  }
  if (answer.status !== 200) return `the daemon at ${where} answered ${answer.status}: ${answer.body.trim()}`;
  return JSON.parse(answer.body);
}
