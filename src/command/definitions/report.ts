import { type Command as Commander, InvalidArgumentError } from "commander";
import { valueOption, withConfig } from "../arguments.ts";
import type { ReportOptions } from "../report.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `report` as the command line and its help know it. */
export function defineReport(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("report"))
    .summary("one page of what a month had, for an auditor")
    .description(
      "Writes one HTML page, without scripts and without anything from elsewhere, that says of each UTC day of a month and each source whether it is closed, with how many records and which digest, what became of the records for each output, which were given up and why, which days cannot be shown and why, and, where there is an archive, its manifests, whether all of it is as it was stored, and whether they say of each day what the state says; and how to check each of these, without this program too. Asks the running daemon through state_dir/control.sock; without one it opens the state itself.",
    )
    .addOption(valueOption("--month <month>", "the month, as 2026-08", monthArgument).makeOptionMandatory())
    .option("--output <file>", "where to write it (default: report-MONTH.html)")
    .option(
      "--archive <archive>",
      "a directory, a URL or an output (default: the only archive of the configuration)",
    )
    .option("--force", "replace the file")
    .option("--json", "print the facts as one JSON document, and write no page")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder report --month 2026-08
  wandb-audit-forwarder report --month 2026-08 --output /srv/reports/2026-08.html --archive vault

Exit code: 0 when every day is closed and nothing is open, 1 when something is, or the archive cannot be looked at (the page is written and says what), 2 when the command line or the configuration is wrong, 3 when the state cannot be used.`,
    )
    .action(({ config, month, output, archive, force, json }: Given<Partial<ReportOptions>>) =>
      start<ReportOptions>(async () => (await import("../report.ts")).report, {
        ...{ config: places.config(config), month: month as string, output, archive },
        ...{ force: force === true, json: json === true },
      }),
    );
}

function monthArgument(text: string): string {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(text))
    throw new InvalidArgumentError("Write a month, such as 2026-08.");
  return text;
}
