import { ListenError } from "../admin/listen-error.ts";
import { ConfigError } from "../config/problem.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { shortWay } from "./short-way.ts";

/**
 * Runs the command that the arguments ask for. Resolves with
 * the exit code; rejects only with what nobody expected.
 */
export async function program(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const start = async <Options>(load: () => Promise<Command<Options>>, options: Options) => {
    const command = await load();
    code = await command(options, terminal);
  };
  try {
    const way = shortWay(args, terminal);
    if (way !== undefined) {
      await way(start);
      return code;
    }
    const { commandLine } = await import("./command-line.ts");
    return (await commandLine(args, start, terminal)) ? code : exitCodes.usage;
  } catch (error) {
    return explain(error, terminal);
  }
}

/** Expected ends in words and exit codes; anything else is a bug and goes on up. */
function explain(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof ConfigError) {
    const count = error.problems.length;
    stderr.write(`${error.message}\n${count === 1 ? "1 problem" : `${count} problems`} in ${error.file}\n`);
    return exitCodes.usage;
  }
  if (error instanceof SpoolError) {
    stderr.write(`wandb-audit-forwarder: ${error.message}\n  fix: ${error.fix}\n`);
    return error.failure === "io" ? exitCodes.io : exitCodes.state;
  }
  if (error instanceof ListenError) {
    stderr.write(`wandb-audit-forwarder: ${error.message}\n`);
    return exitCodes.failed;
  }
  throw error;
}
