import { existsSync } from "node:fs";
import { Command as Commander, CommanderError } from "commander";
import { ListenError } from "../admin/listen-error.ts";
import { ConfigError } from "../config/problem.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { type Command, type ExitCode, exitCodes, type Terminal } from "./command.ts";
import { defineAll } from "./definitions/all.ts";

const defaultConfig = "/etc/wandb-audit-forwarder/config.yaml";

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
  const commander = commandLine(terminal);
  defineAll(commander, start, {
    config: (given) => given ?? configFrom(terminal),
    configIfAny: (given) => {
      const file = given ?? configFrom(terminal);
      return file === defaultConfig && !existsSync(file) ? undefined : file;
    },
  });
  for (const command of commander.commands) {
    quiet(command, terminal);
    for (const part of command.commands) quiet(part, terminal);
  }
  try {
    await commander.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function commandLine(terminal: Terminal): Commander {
  const commander = new Commander("wandb-audit-forwarder")
    .description(
      "Carries the Weights & Biases audit log into a SIEM: Splunk HEC, syslog (CEF, JSON), OTLP. Every record is kept durably, delivered at least once, and recognisable when it comes again.",
    )
    .version(terminal.agent.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this, or the help of a command")
    .helpCommand("help [command]", "the same")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder demo                        see it work, nothing to configure
  wandb-audit-forwarder check -c config.yaml        try every source and output
  wandb-audit-forwarder run -c config.yaml          run the daemon

Exit codes:
  0   done
  1   failed
  2   the command line or the configuration is wrong
  3   the state in state_dir cannot be used
  70  a bug in this program
  74  the disk failed

Files and environment:
  /etc/wandb-audit-forwarder/config.yaml            configuration, unless -c or WANDB_AUDIT_FORWARDER_CONFIG names another
  /var/lib/wandb-audit-forwarder                    all state, unless state_dir says otherwise
  NO_COLOR                                          no colours, as when output is not a terminal`,
    );
  return quiet(commander, terminal);
}

/** Nothing of the process is touched by the command line's library: it writes to the terminal and throws. */
function quiet(command: Commander, { stdout, stderr, columns, isTTY, colors }: Terminal): Commander {
  const width = Math.min(columns, 110);
  return command
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "wandb-audit-forwarder: ")),
      getOutHelpWidth: () => (isTTY ? width : 100),
      getErrHelpWidth: () => (isTTY ? width : 100),
      getOutHasColors: () => colors,
      getErrHasColors: () => false,
    });
}

function configFrom({ environment }: Terminal): string {
  const named = environment.WANDB_AUDIT_FORWARDER_CONFIG;
  return named === undefined || named === "" ? defaultConfig : named;
}

/** Expected ends in words and exit codes; anything else is a bug and goes on up. */
function explain(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
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
