import { type Command as Commander, Option } from "commander";
import { collected, durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { SetupCommandOptions } from "../setup.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

type Asked = Omit<Given<SetupCommandOptions>, "outputs" | "timeoutMs" | "print" | "json"> & {
  readonly output?: readonly string[];
  readonly print?: boolean;
  readonly json?: boolean;
  readonly timeout: number;
};

/** `setup` as the command line and its help know it. */
export function defineSetup(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("setup"))
    .summary("install what outputs need at their receivers")
    .description(
      "Installs the templates of `elasticsearch` outputs, and the policy where `lifecycle` is set, with the credential of the output. What is there already stays. A running daemon is not disturbed; outputs that wait for the templates go on by themselves.",
    )
    .addOption(
      new Option("--output <name>", "this output alone; may be given several times").argParser(collected),
    )
    .option("--print", "show the requests, for whoever may make them, and ask nobody")
    .option("--json", "print one JSON document, for programs")
    .addOption(
      valueOption("--timeout <duration>", "how long each output gets", durationArgument, 30_000, "30s"),
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder setup -c config.yaml
  wandb-audit-forwarder setup --output elastic --print     for the console of Kibana or Dashboards

Exit code: 0 when everything is there, 1 when something could not be installed, 2 when the configuration cannot be used.`,
    )
    .action(({ output, print, json, timeout, config }: Asked) =>
      start<SetupCommandOptions>(async () => (await import("../setup.ts")).setup, {
        config: places.config(config),
        outputs: output ?? [],
        print: print === true,
        json: json === true,
        timeoutMs: timeout,
      }),
    );
}
