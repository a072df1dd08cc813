import { ask, controlPath } from "../admin/control.ts";
import { loadConfig } from "../config/load.ts";
import { type Command, exitCodes, type HealthcheckOptions } from "./command.ts";

/** Asks the running daemon for `/livez`: by its socket, and where that is not reachable at its address. */
export const healthcheck: Command<HealthcheckOptions> = async ({ config: file, timeoutMs }, terminal) => {
  const { stateDir, admin } = loadConfig(file, terminal);
  try {
    const answer =
      (await ask({ socketPath: controlPath(stateDir) }, "/livez", timeoutMs)) ??
      (admin.listen === undefined ? undefined : await ask(reachable(admin.listen), "/livez", timeoutMs));
    if (answer?.status === 200) return exitCodes.done;
    terminal.stderr.write(
      answer === undefined
        ? `no daemon answers at ${controlPath(stateDir)}${admin.listen === undefined ? "" : ` or ${admin.listen.host}:${admin.listen.port}`}\n`
        : `the daemon does not live: ${answer.body.trim()}\n`,
    );
  } catch (error) {
    terminal.stderr.write(
      `the daemon does not answer properly: ${error instanceof Error ? error.message : error}\n`,
    );
  }
  return exitCodes.failed;
};

/** An address to listen on everywhere is not one to ask. */
function reachable({ host, port }: { readonly host: string; readonly port: number }) {
  const loopback: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return { host: loopback[host] ?? host, port };
}
