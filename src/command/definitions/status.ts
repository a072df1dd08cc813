import { type Command as Commander, Option } from "commander";
import { rangeNames } from "../../status/ranges.ts";
import { withConfig } from "../arguments.ts";
import type { StatusOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `status` as the command line and its help know it. */
export function defineStatus(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("status"))
    .summary("show positions, backlog, lag and the books of each day")
    .description(
      "Shows how far each source is read, what each output still has before it and why it waits, when hops failed, how fast each one is, and the books per source, day and output: fetched - known = delivered + filtered + dead + dropped + skipped + lost + pending. Asks the running daemon; without one it reads the state itself.",
    )
    .option("--json", "print one JSON document, for programs")
    .option("--watch", "show it again every two seconds until interrupted")
    .addOption(new Option("--range <span>", "how far back its charts go (default: 1h)").choices(rangeNames))
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder status
  wandb-audit-forwarder status --watch --range 24h
  wandb-audit-forwarder status --json | jq '.outputs[] | {name, backlog}'`,
    )
    .action(({ json, watch, range, config }: Given<StatusOptions>) =>
      start<StatusOptions>(async () => (await import("../status.ts")).status, {
        config: places.config(config),
        json: json === true,
        watch: watch === true,
        range,
      }),
    );
}
