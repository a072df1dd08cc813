import { printable } from "../text/printable.ts";
import { type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { NoStateAccess } from "./state-access.ts";

/**
 * Does with a state what a command is for, and closes it whatever happens. Where it cannot be reached, or is
 * lost meanwhile, says why: the command has failed then.
 */
export async function withState<Access extends { close(): void }>(
  opening: Promise<Access>,
  use: (access: Access) => Promise<ExitCode>,
  { stderr }: Terminal,
): Promise<ExitCode> {
  let access: Access | undefined;
  try {
    access = await opening;
    return await use(access);
  } catch (error) {
    if (!(error instanceof NoStateAccess)) throw error;
    stderr.write(`wandb-audit-forwarder: ${printable(error.message)}\n`);
    return exitCodes.failed;
  } finally {
    access?.close();
  }
}
