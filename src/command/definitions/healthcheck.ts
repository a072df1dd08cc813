import type { Command as Commander } from "commander";
import { durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { HealthcheckOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `healthcheck` as the command line and its help know it. */
export function defineHealthcheck(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("healthcheck"))
    .summary("ask the running daemon whether it lives")
    .description(
      "Asks the daemon for /livez, through state_dir/control.sock or at admin.listen. Exit code 0: its loops turn; 1: they do not, or no daemon answers. For container health checks; it says nothing about sources and outputs, which /readyz and `status` do.",
    )
    .addOption(
      valueOption("--timeout <duration>", "how long the answer may take", durationArgument, 5_000, "5s"),
    )
    .action(({ timeout, config }: Given<HealthcheckOptions> & { timeout: number }) =>
      start<HealthcheckOptions>(async () => (await import("../healthcheck.ts")).healthcheck, {
        config: places.config(config),
        timeoutMs: timeout,
      }),
    );
}
