import { CommanderError } from "commander";
import { builtin } from "../builtin.ts";
import type { Terminal } from "./command.ts";
import { configPath, usualConfig } from "./config-path.ts";
import { defineAll } from "./definitions/all.ts";
import type { StartCommand } from "./definitions/definition.ts";
import { described, quiet } from "./described.ts";

const { existsSync } = builtin("node:fs");

/**
 * Starts the command that the arguments ask for, and answers help, versions and mistakes. False: the command
 * line is wrong, which has been told. Rejects with what the command rejects with.
 */
export async function commandLine(
  args: readonly string[],
  start: StartCommand,
  terminal: Terminal,
): Promise<boolean> {
  const commander = described(terminal);
  defineAll(commander, start, {
    config: (given) => configPath(given, terminal),
    configIfAny: (given) => {
      const file = configPath(given, terminal);
      return file === usualConfig && !existsSync(file) ? undefined : file;
    },
  });
  for (const command of commander.commands) {
    quiet(command, terminal);
    for (const part of command.commands) quiet(part, terminal);
  }
  try {
    await commander.parseAsync(args, { from: "user" });
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0;
    throw error;
  }
}
