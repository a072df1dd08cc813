import type { Command as Commander } from "commander";
import { durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { ReloadOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `reload` as the command line and its help know it. */
export function defineReload(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("reload"))
    .summary("have the running daemon read its files again")
    .description(
      "Asks the daemon, through state_dir/control.sock, to read the configuration, secret files and TLS files again and to try everything now, as SIGHUP does, and prints what changed. The daemon also looks at these files by itself every few seconds. Exit code 0: done; 1: no daemon answers, or the one that does is starting or stopping, or its part that delivers hangs; 2: something cannot be used, and the old stays in use.",
    )
    .option("--json", "for programs", false)
    .addOption(
      valueOption("--timeout <duration>", "how long the answer may take", durationArgument, 10_000, "10s"),
    )
    .action(({ timeout, json, config }: Given<ReloadOptions> & { timeout: number }) =>
      start<ReloadOptions>(async () => (await import("../reload.ts")).reload, {
        config: places.config(config),
        json,
        timeoutMs: timeout,
      }),
    );
}
