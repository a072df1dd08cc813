import type { Command as Commander } from "commander";
import { durationArgument, valueOption, withConfig } from "../arguments.ts";
import type { RunOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `run` as the command line and its help know it. */
export function defineRun(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("run"))
    .summary("run the daemon")
    .description(
      "Reads the sources, keeps every record durably and delivers it to every output, until it is told to stop. Logs go to standard output (to standard error when an output writes to standard output): JSON lines, or on a terminal lines for people.",
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
  wandb-audit-forwarder run --once --timeout 5m     from cron; exit code 1 names what is not read or delivered

Everything is kept in state_dir. One daemon at a time: a second one on the same state_dir is refused (exit code 3).`,
    )
    .action(
      ({ once, timeout, acceptStateLoss, config }: Given<RunOptions> & { timeout: number }, command) => {
        if (once !== true && command.getOptionValueSource("timeout") !== "default")
          command.error("error: option '--timeout <duration>' needs --once");
        return start<RunOptions>(async () => (await import("../run.ts")).run, {
          config: places.config(config),
          once: once === true,
          timeoutMs: timeout,
          acceptStateLoss: acceptStateLoss === true,
        });
      },
    );
}
