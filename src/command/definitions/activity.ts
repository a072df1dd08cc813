import { type Command as Commander, Option } from "commander";
import { activityPeriods } from "../../status/activity-period.ts";
import { valueOption, wholeNumber, withConfig } from "../arguments.ts";
import type { ActivityOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `activity` as the command line and its help know it. */
export function defineActivity(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("activity"))
    .summary("who was active, as W&B's organization dashboard shows it")
    .description(
      "Active users in a period, by day and by ISO week, new and gone users, and the most active by active days and then by who was active last, from the audit log. Asks the running daemon through state_dir/control.sock; without one it opens the state itself. Days are UTC. On Self-Managed and Dedicated Cloud W&B counts more than its audit log tells: the numbers are at least these.",
    )
    .addOption(new Option("--period <span>", "until today").choices([...activityPeriods]).default("30d"))
    .option("--source <name>", "only the instance of this source")
    .addOption(
      valueOption("--top <number>", "how many of the most active users", wholeNumber(1, 1_000_000), 10),
    )
    .option("--csv", "all users as CSV, under the column names of W&B's own export")
    .addOption(new Option("--json", "one JSON document, for programs").conflicts("csv"))
    .option("--users <file>", "joins the CSV that W&B's Users page exports: role, seat, status")
    .option(
      "--lookup <file>",
      "with --users: writes a CSV lookup for the rules of a SIEM, over nothing but a lookup",
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder activity
  wandb-audit-forwarder activity --period 90d --csv > active-users.csv
  wandb-audit-forwarder activity --users members.csv --lookup wandb_users.csv

Exit code: 0 done, 1 when nobody can be asked or a file cannot be used, 2 when the command line or the configuration is wrong, or nobody is counted, 3 when the state cannot be used.`,
    )
    .action((given: Given<ActivityOptions>) =>
      start<ActivityOptions>(async () => (await import("../activity.ts")).activity, {
        config: places.config(given.config),
        period: given.period,
        source: given.source,
        top: given.top,
        csv: given.csv === true,
        json: given.json === true,
        users: given.users,
        lookup: given.lookup,
      }),
    );
}
