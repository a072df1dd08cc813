import type { Command as Commander } from "commander";
import { valueOption, wholeNumber, withConfig } from "../arguments.ts";
import type { TapCommandOptions } from "../tap.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `tap` as the command line and its help know it. */
export function defineTap(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("tap"))
    .summary("what an output gets, live")
    .description(
      "Shows the last events of an output as they went on the wire, one a line, and then the next ones, until interrupted: filtered and redacted as the output is, without what only the transport adds. Asks the running daemon through state_dir/control.sock, which makes them once more from the spool: delivery is not touched. Without a daemon it shows what was delivered last, and ends. At most 50 events a second are shown.",
    )
    .argument("<output>", "name of an output in the configuration")
    .addOption(valueOption("--last <number>", "how many that are there already", wholeNumber(0, 50), 10))
    .option("--once", "do not wait for the next ones")
    .option("--json", "one JSON document a line: seq, uid, source, seen, text, cut")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder tap soc
  wandb-audit-forwarder tap splunk --once --last 1 --json | jq -r .text`,
    )
    .action((output: string, { config, last, once, json }: Given<TapCommandOptions>) =>
      start<TapCommandOptions>(async () => (await import("../tap.ts")).tap, {
        config: places.config(config),
        output,
        last,
        once: once === true,
        json: json === true,
      }),
    );
}
