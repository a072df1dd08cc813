import { type Command as Commander, InvalidArgumentError } from "commander";
import { bookDayOf } from "../../status/book-day-text.ts";
import { valueOption, wholeNumber, withConfig } from "../arguments.ts";
import type { BackfillOptions } from "../command.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

/** As fast as an output of the usual kind takes them beside what is new; what goes again goes slower. */
const usualPace = 5_000;
const usualPaceAgain = 500;

interface Asked {
  readonly config?: string;
  readonly source?: string;
  readonly output?: string;
  readonly from?: number;
  readonly to?: number;
  readonly rate: number;
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly cancel?: boolean;
  readonly json?: boolean;
}

/** `backfill` as the command line and its help know it. */
export function defineBackfill(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("backfill"))
    .summary("read days of the past once more, and deliver what is new of them")
    .description(
      "Reads a source's UTC days from --from up to, and without, --to, one at a time and the oldest first, whatever its start says. What is new goes to every output, under the uids that it would have had; what is known is counted and not sent, unless --output names who gets it again: labelled with replay_id, beside what is new, as replay sends. New records are read first, and the days between two polls. How far it is stands in the state: after a kill it goes on with the next start of the daemon, or with the same command. A day that cannot be read is told and becomes a gap.",
    )
    .option("--source <name>", "whose days")
    .addOption(valueOption("--from <date>", "the first UTC day, as 2026-08-01", dayArgument))
    .addOption(
      valueOption("--to <date>", "the first UTC day that is not wanted (default: today)", dayArgument),
    )
    .addOption(
      valueOption(
        "--rate <records>",
        "records a second at most, over a day and the pause behind it; with --output also sent again (default then: 500)",
        wholeNumber(1, 1_000_000),
        usualPace,
      ),
    )
    .option("--output <name>", "send what is known of those days to this output again")
    .option("--yes", "ask nothing: needed where there is no terminal and there is something to ask")
    .option("--list", "show the last backfill of each source, or of --source")
    .option("--cancel", "stop the one that is under way; what it has read stays")
    .option("--json", "print one JSON document a line, for programs")
    .addHelpText(
      "after",
      `
More than 31 days, and days whose records the ledger has forgotten (spool.keep_ledger), which would be sent again, are asked about first.

With a running daemon that one reads, and this command shows how far it is: Ctrl-C leaves it to the daemon. Without one this process is the daemon until the days are read.

Examples:
  wandb-audit-forwarder backfill --source prod --from 2026-08-01 --to 2026-09-01
  wandb-audit-forwarder backfill --source prod --from 2026-08-01 --to 2026-08-03 --output splunk
  wandb-audit-forwarder backfill --list
  wandb-audit-forwarder backfill --source prod --cancel`,
    )
    .action(({ config, source, output, from, to, rate, yes, list, cancel, json }: Asked, command) => {
      const action = list === true ? "list" : cancel === true ? "cancel" : "begin";
      if (list === true && cancel === true) command.error("error: --list or --cancel, not both");
      if (action !== "list" && source === undefined) command.error("error: --source <name> is needed");
      if (action === "begin" && from === undefined)
        command.error("error: --from <date> is needed, or --list, or --cancel");
      const again = command.getOptionValueSource("rate") === "default" ? usualPaceAgain : rate;
      return start<BackfillOptions>(async () => (await import("../backfill.ts")).backfill, {
        ...{ config: places.config(config), action, source, first: from, end: to, perSecond: rate },
        again: output === undefined ? undefined : { output, perSecond: again },
        yes: yes === true,
        json: json === true,
      });
    });
}

function dayArgument(text: string): number {
  const day = bookDayOf(text);
  if (day === undefined || day < 0) throw new InvalidArgumentError("Write a UTC day, such as 2026-08-01.");
  return day;
}
