import { type Command as Commander, Option } from "commander";
import { collected, durationArgument, valueOption, wholeNumber, withConfig } from "./arguments.ts";
import {
  type CheckOptions,
  type Command,
  type DemoOptions,
  dialects,
  type HealthcheckOptions,
  type MapOptions,
  type RunOptions,
  type SimulateOptions,
  type StatusOptions,
} from "./command.ts";

/** Runs a command with its options; set up by `program.ts`. A command is loaded when it is asked for: the start stays fast. */
export type StartCommand = <Options>(
  load: () => Promise<Command<Options>>,
  options: Options,
) => Promise<void>;

export interface CommandPlaces {
  /** The configuration file that is meant, given or not given `-c`. */
  config(given: string | undefined): string;
  /** The same, or undefined when none was named and the default one does not exist. */
  configIfAny(given: string | undefined): string | undefined;
}

type Given<Options> = Omit<Options, "config"> & { readonly config?: string };

const port = wholeNumber(0, 65_535);

/** Describes every command to the program, in the order in which `--help` lists them. */
export function define(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("run"))
    .summary("run the daemon")
    .description(
      "Reads the sources, keeps every record durably and delivers it to every output, until it is told to stop. Logs are JSON lines on standard output (on standard error when an output writes to standard output).",
    )
    .option("--once", "read every source to now, deliver everything, print a summary, end")
    .addOption(
      valueOption(
        "--timeout <duration>",
        "with --once: how long that may take",
        durationArgument,
        600_000,
        "10m",
      ),
    )
    .option(
      "--accept-state-loss",
      "start afresh when the state is lost and cannot be saved; what is there is set aside, and what W&B still has is sent again under the same uids",
    )
    .addHelpText(
      "after",
      `
Signals:
  SIGTERM, SIGINT  stop reading, deliver what is at hand within shutdown_timeout, end; a second one ends at once
  SIGHUP           read the configuration and every secret again; a wrong configuration changes nothing

Examples:
  wandb-audit-forwarder run -c config.yaml
  wandb-audit-forwarder run --once --timeout 5m     from cron; exit code 1 names what is not delivered

Everything is kept in state_dir. One daemon at a time: a second one on the same state_dir is refused (exit code 3).`,
    )
    .action(
      ({ once, timeout, acceptStateLoss, config }: Given<RunOptions> & { timeout: number }, command) => {
        if (once !== true && command.getOptionValueSource("timeout") !== "default")
          command.error("error: option '--timeout <duration>' needs --once");
        return start<RunOptions>(async () => (await import("./run.ts")).run, {
          config: places.config(config),
          once: once === true,
          timeoutMs: timeout,
          acceptStateLoss: acceptStateLoss === true,
        });
      },
    );

  withConfig(program.command("check"))
    .summary("try the configuration, every source and every output")
    .description(
      "The doctor. Checks the configuration and this machine, then really asks every source and tries every output, all at the same time. Prints a line for each thing it finds and, for a problem, what to do. Changes nothing; a running daemon is not disturbed.",
    )
    .option("--offline", "look at the configuration and this machine only")
    .option("--json", "print one JSON document, for programs")
    .addOption(
      valueOption(
        "--timeout <duration>",
        "how long each source and output gets",
        durationArgument,
        20_000,
        "20s",
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder check -c config.yaml
  wandb-audit-forwarder check --offline             before a restart, in a deployment pipeline
  wandb-audit-forwarder check --json | jq '.findings[] | select(.level == "problem")'

Exit code: 0 when there is no problem (warnings may be), 1 when there is one, 2 when the configuration cannot be used.`,
    )
    .action(({ offline, json, timeout, config }: Given<CheckOptions> & { timeout: number }) =>
      start<CheckOptions>(async () => (await import("./check.ts")).check, {
        config: places.config(config),
        offline: offline === true,
        json: json === true,
        timeoutMs: timeout,
      }),
    );

  withConfig(program.command("map"))
    .summary("show what a record becomes, without sending it")
    .description(
      "Reads W&B audit records as NDJSON and prints what the SIEM would get, one payload a line. Needs no daemon, and no configuration file: without one it shows the format with defaults.",
    )
    .argument("[files...]", "files of records; - is standard input, and the default")
    .option("--format <name>", "ecs, cef, cim, raw, json or otlp (default: that of --output, else ecs)")
    .option("--source <name>", "configured source the records are taken to be from")
    .option("--instance <host>", "W&B instance to assume (default: that of the source, else localhost)")
    .option("--output <name>", "configured output: its format, filter and redaction are used")
    .option("--frame", "add what surrounds it on the wire: the syslog header, the HEC envelope")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder map --format cef < samples.ndjson
  wandb-audit-forwarder map --output splunk --frame samples.ndjson`,
    )
    .action((files: string[], given: Given<MapOptions>) =>
      start<MapOptions>(async () => (await import("./map.ts")).map, {
        config: places.configIfAny(given.config),
        format: given.format,
        source: given.source,
        instance: given.instance,
        output: given.output,
        frame: given.frame === true,
        files: files.length === 0 ? ["-"] : files,
      }),
    );

  withConfig(program.command("status"))
    .summary("show positions, backlog, lag and the books of each day")
    .description(
      "Shows how far each source is read, what each output still has before it and why it waits, and the books per source, day and output: fetched - known = delivered + filtered + dead + skipped + lost + pending. Asks the running daemon; without one it reads the state itself.",
    )
    .option("--json", "print one JSON document, for programs")
    .option("--watch", "show it again every two seconds until interrupted")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder status
  wandb-audit-forwarder status --json | jq '.outputs[] | {name, backlog}'`,
    )
    .action(({ json, watch, config }: Given<StatusOptions>) =>
      start<StatusOptions>(async () => (await import("./status.ts")).status, {
        config: places.config(config),
        json: json === true,
        watch: watch === true,
      }),
    );

  program
    .command("schema")
    .summary("print the JSON Schema of the configuration")
    .description(
      "Prints the JSON Schema that the configuration is checked against, for editors: completion, explanations and mistakes underlined.",
    )
    .addHelpText(
      "after",
      `
Example:
  wandb-audit-forwarder schema > config.schema.json
  and as the first line of config.yaml:
  # yaml-language-server: $schema=./config.schema.json`,
    )
    .action(() => start(async () => (await import("./schema.ts")).schema, {}));

  program
    .command("simulate")
    .summary("run a stand-in W&B server and stand-in receivers, to rehearse")
    .description(
      "Starts a stand-in W&B server and receivers for Splunk HEC, syslog (TCP) and OTLP (HTTP) on this machine, prints their addresses and a configuration that uses them, and shows what the receivers get. Everything is invented and nothing leaves this machine.",
    )
    .addOption(valueOption("--wandb-port <port>", "port of the W&B server; 0: a free one", port, 0))
    .addOption(valueOption("--hec-port <port>", "port of the HEC receiver", port, 0))
    .addOption(valueOption("--syslog-port <port>", "port of the syslog receiver", port, 0))
    .addOption(valueOption("--otlp-port <port>", "port of the OTLP receiver", port, 0))
    .addOption(new Option("--dialect <name>", "how the W&B server answers").choices(dialects).default("v5"))
    .addOption(
      valueOption("--days <number>", "days of history that exist at the start", wholeNumber(0, 366), 2),
    )
    .addOption(valueOption("--rate <number>", "new records per minute", wholeNumber(0, 1_000_000), 30))
    .addOption(
      new Option(
        "--fault <name>",
        "play a fault, such as html, hec:busy or syslog:reset; may be given several times; a wrong name lists all of them",
      )
        .argParser(collected)
        .default([], "none"),
    )
    .addOption(valueOption("--seed <number>", "same seed, same records", wholeNumber(0, 4_294_967_295), 1))
    .addHelpText(
      "after",
      `
Example:
  wandb-audit-forwarder simulate --wandb-port 8080 --dialect v2 --fault short_body`,
    )
    .action((given: Omit<SimulateOptions, "faults"> & { fault: readonly string[] }) => {
      const { fault, ...rest } = given;
      return start<SimulateOptions>(async () => (await import("./simulate.ts")).simulate, {
        ...rest,
        faults: fault,
      });
    });

  program
    .command("demo")
    .summary("see everything work for a minute, nothing to configure")
    .description(
      "Starts the stand-ins of `simulate` and the real daemon between them in one terminal, and shows records arriving, what each output got, the books, and where to look. Its state is a temporary folder, removed at the end. Ctrl-C drains and ends it.",
    )
    .addOption(
      valueOption("--port <port>", "port of metrics, status and the status page; 0: a free one", port, 0),
    )
    .addOption(valueOption("--duration <duration>", "end after this time by itself", durationArgument))
    .addOption(valueOption("--rate <number>", "new records per minute", wholeNumber(1, 1_000_000), 120))
    .action(({ port, duration, rate }: Omit<DemoOptions, "durationMs"> & { duration?: number }) =>
      start<DemoOptions>(async () => (await import("./demo.ts")).demo, { port, durationMs: duration, rate }),
    );

  withConfig(program.command("healthcheck"))
    .summary("ask the running daemon whether it lives")
    .description(
      "Asks the daemon for /livez, through state_dir/control.sock or at admin.listen. Exit code 0: its loops turn; 1: they do not, or no daemon answers. For container health checks; it says nothing about sources and outputs, which /readyz and `status` do.",
    )
    .addOption(
      valueOption("--timeout <duration>", "how long the answer may take", durationArgument, 5_000, "5s"),
    )
    .action(({ timeout, config }: Given<HealthcheckOptions> & { timeout: number }) =>
      start<HealthcheckOptions>(async () => (await import("./healthcheck.ts")).healthcheck, {
        config: places.config(config),
        timeoutMs: timeout,
      }),
    );
}
