import { controlPath, type DaemonAddress, type DaemonAnswer, queryDaemon } from "../admin/ask.ts";
import { builtin } from "../builtin.ts";
import { whereabouts } from "../config/whereabouts.ts";
import { printable } from "../text/printable.ts";
import { type Command, exitCodes, type HealthcheckOptions } from "./command.ts";

const { existsSync } = builtin("node:fs");

/**
 * Asks the running daemon for `/livez`: by its socket, and
 * where that cannot be reached at its address. One line.
 */
export const healthcheck: Command<HealthcheckOptions> = async ({ config: file, timeoutMs }, terminal) => {
  const { stateDir, listen } = await whereabouts(file, terminal);
  const addresses: DaemonAddress[] = [
    { socketPath: controlPath(stateDir) },
    ...(listen === undefined ? [] : [reachable(listen)]),
  ];
  const failures: string[] = [];
  for (const address of addresses) {
    const where = "socketPath" in address ? address.socketPath : `${address.host}:${address.port}`;
    const answer = await queryDaemon(address, "/livez", timeoutMs).catch((error: Error) => error);
    if (isAlive(answer)) {
      terminal.stdout.write(`alive: the daemon at ${where} works\n`);
      return exitCodes.done;
    }
    failures.push(`${where} ${printable(failureText(answer))}`);
    if (isFinal(answer, stateDir)) break;
  }
  terminal.stderr.write(`not alive: ${failures.join("; ")}\n`);
  return exitCodes.failed;
};

/**
 * It has answered: asking elsewhere would give the same. Or a state without a daemon behind its socket is
 * here: whoever answers at the address is another program.
 */
function isFinal(answer: DaemonAnswer | Error | undefined, stateDir: string): boolean {
  return answer === undefined ? existsSync(stateDir) : !(answer instanceof Error);
}

function isAlive(answer: DaemonAnswer | Error | undefined): boolean {
  return answer !== undefined && !(answer instanceof Error) && answer.status === 200;
}

function failureText(answer: DaemonAnswer | Error | undefined): string {
  if (answer === undefined) return "has no daemon";
  if (answer instanceof Error) return `cannot be asked (${answer.message})`;
  return `answered ${answer.status} ${answer.body.trim()}`;
}

/** An address to listen on everywhere is not one to ask. */
function reachable({ host, port }: { readonly host: string; readonly port: number }): DaemonAddress {
  const loopback: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return { host: loopback[host] ?? host, port };
}
