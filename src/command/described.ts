import { Command as Commander } from "commander";
import type { Terminal } from "./command.ts";

/** What the command line itself needs of the process. */
export type CommandLineTerminal = Pick<
  Terminal,
  "stdout" | "stderr" | "columns" | "isTTY" | "colors" | "agent"
>;

/** Name, help and exit codes of the whole program, still without its commands. */
export function described(terminal: CommandLineTerminal): Commander {
  const commander = new Commander("wandb-audit-forwarder")
    .description(
      "Carries the Weights & Biases audit log into a SIEM: Splunk HEC, syslog (CEF, JSON), OTLP, Elasticsearch and OpenSearch, Kafka, files, any HTTP endpoint. Every record is kept durably, delivered at least once, and recognisable when it comes again.",
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
export function quiet(command: Commander, terminal: CommandLineTerminal): Commander {
  const { stdout, stderr, columns, isTTY, colors } = terminal;
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
