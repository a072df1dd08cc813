import { type Command as Commander, InvalidArgumentError, Option } from "commander";
import { type SearchLanguage, searchLanguages } from "../../evidence/searches.ts";
import { bookDayOf } from "../../status/book-day-text.ts";
import { valueOption, withConfig } from "../arguments.ts";
import type { VerifyOptions } from "../command.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

interface Asked {
  readonly config?: string;
  readonly source: string;
  readonly day: number;
  readonly against?: string;
  readonly siemUids?: string;
  readonly query?: SearchLanguage;
  readonly json?: boolean;
}

/** `verify` as the command line and its help know it. */
export function defineVerify(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("verify"))
    .summary("read a day again, and name what is missing, extra or altered")
    .description(
      "Reads a UTC day of a source again and compares it with what the ledger knows of it, entry by entry, and with the digest that it was closed with. Names what is known and not shown any more, what is shown and not known, and what stands in place of something else. Of a day that the ledger has forgotten the digest alone tells, which is said. Asks the running daemon what is known through state_dir/control.sock; without one it opens the state itself. Changes nothing and delivers nothing: what is new comes with the next poll, or with backfill.",
    )
    .requiredOption("--source <name>", "whose day")
    .addOption(valueOption("--day <date>", "the UTC day, as 2026-08-01", dayArgument).makeOptionMandatory())
    .option(
      "--against <name>",
      "compare with what another source of the instance shows, or an output has archived: its name or its type",
    )
    .option(
      "--siem-uids <file>",
      "compare with the uids that were exported, one a line, whatever stands around; - for standard input",
    )
    .addOption(
      new Option("--query <siem>", "print the search that counts that day there, and read nothing").choices([
        ...searchLanguages,
      ]),
    )
    .option("--json", "print one JSON document, for programs")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder verify --source prod --day 2026-08-01
  wandb-audit-forwarder verify --source prod --day 2026-08-01 --against bucket
  wandb-audit-forwarder verify --source prod --day 2026-08-01 --against archive
  wandb-audit-forwarder verify --source prod --day 2026-08-01 --query splunk
  wandb-audit-forwarder verify --source prod --day 2026-08-01 --siem-uids export.csv

Exit code: 0 when nothing differs, 1 when something does or the day cannot be read, 2 when the command line or the configuration is wrong, 3 when the state cannot be used.`,
    )
    .action(({ config, source, day, against, siemUids, query, json }: Asked) =>
      start<VerifyOptions>(async () => (await import("../verify.ts")).verify, {
        ...{ config: places.config(config), source, day, against, siemUids, query, json: json === true },
      }),
    );
}

function dayArgument(text: string): number {
  const day = bookDayOf(text);
  if (day === undefined || day < 0) throw new InvalidArgumentError("Write a UTC day, such as 2026-08-01.");
  return day;
}
