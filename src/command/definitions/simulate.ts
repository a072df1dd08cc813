import { type Command as Commander, Option } from "commander";
import { wandbDialects } from "../../simulate/wandb-dialect.ts";
import {
  collected,
  durationArgument,
  portNumber,
  valueOption,
  wholeNumber,
  withConfig,
} from "../arguments.ts";
import type { SimulateOptions } from "../simulate.ts";
import type { SimulateAttackOptions } from "../simulate-attack.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

type Asked = Omit<SimulateOptions, "faults"> &
  Partial<Pick<SimulateAttackOptions, "config" | "attack">> & {
    readonly fault: readonly string[];
    readonly output: string | undefined;
    readonly timeout: number;
  };

/** `simulate` as the command line and its help know it. */
export function defineSimulate(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("simulate"))
    .summary("run a stand-in W&B server and stand-in receivers, to rehearse")
    .description(
      "Starts a stand-in W&B server and receivers for Splunk HEC, syslog (TCP and RELP) and OTLP (HTTP and gRPC), an HTTP endpoint, a node of Elasticsearch, a broker of Kafka, a folder for files and one for an archive on this machine, prints their addresses and a configuration that uses them, and shows what the receivers get. Everything is invented and nothing leaves this machine. With --attack, in place of that, the events on which a detection has to fire are sent to an output of the configuration, marked as a test, so that the whole way to the alert can be tried.",
    )
    .addOption(valueOption("--wandb-port <port>", "port of the W&B server; 0: a free one", portNumber, 0))
    .addOption(valueOption("--hec-port <port>", "port of the HEC receiver", portNumber, 0))
    .addOption(valueOption("--syslog-port <port>", "port of the syslog receiver", portNumber, 0))
    .addOption(valueOption("--relp-port <port>", "port of the RELP receiver", portNumber, 0))
    .addOption(valueOption("--otlp-port <port>", "port of the OTLP receiver", portNumber, 0))
    .addOption(valueOption("--grpc-port <port>", "port of the OTLP receiver for gRPC", portNumber, 0))
    .addOption(valueOption("--http-port <port>", "port of the HTTP endpoint", portNumber, 0))
    .addOption(valueOption("--elasticsearch-port <port>", "port of the Elasticsearch node", portNumber, 0))
    .addOption(valueOption("--kafka-port <port>", "port of the broker of Kafka", portNumber, 0))
    .addOption(
      new Option("--dialect <name>", "how the W&B server answers").choices(wandbDialects).default("v5"),
    )
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
    .option("--attack <name>", "send the events of this detection to --output, and end; list: name all")
    .option("--output <name>", "with --attack: the output, where there are several")
    .addOption(
      valueOption(
        "--timeout <duration>",
        "with --attack: how long to wait for it",
        durationArgument,
        30_000,
        "30s",
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder simulate --wandb-port 8080 --dialect v2 --fault short_body
  wandb-audit-forwarder simulate --attack team-deletion --output splunk -c config.yaml`,
    )
    .action((given: Asked) => {
      const { fault, attack, output, timeout, config, ...rest } = given;
      if (attack !== undefined)
        return start<SimulateAttackOptions>(
          async () => (await import("../simulate-attack.ts")).simulateAttack,
          { config: places.config(config), attack, output, timeoutMs: timeout },
        );
      return start<SimulateOptions>(async () => (await import("../simulate.ts")).simulate, {
        ...rest,
        faults: fault,
      });
    });
}
