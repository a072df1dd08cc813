import { type Command as Commander, InvalidArgumentError } from "commander";
import { deliveryReasons } from "../../output/output.ts";
import { bookDayOf } from "../../status/book-day-text.ts";
import { valueOption, wholeNumber, withConfig } from "../arguments.ts";
import type { DeadLettersOptions } from "../command.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

type Asked = Partial<Omit<DeadLettersOptions, "action" | "config" | "filter">> & {
  readonly config?: string;
} & DeadLettersOptions["filter"];

const actions = {
  list: "show them as a table, oldest first",
  show: "show each with the receiver's answer, or why it was not sent, and the record as W&B sent it",
  retry: "send them again, under the same uids",
  drop: "remove them for good; they stay counted as dropped",
  export: "write them to standard output as NDJSON, with the whole record",
} as const;

/** `dead-letters` and what it does, as the command line and its help know them. */
export function defineDeadLetters(program: Commander, start: StartCommand, places: CommandPlaces): void {
  const group = program
    .command("dead-letters")
    .summary("look at events that were given up, send them again or drop them")
    .description(
      "Works on the events that an output's receiver will not take. Asks the running daemon through state_dir/control.sock; without one it opens the state itself, and what is to be sent again goes with the next run.",
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder dead-letters list --output splunk
  wandb-audit-forwarder dead-letters show --uid 0123456789abcdef0123456789abcdef
  wandb-audit-forwarder dead-letters retry --reason too_large
  wandb-audit-forwarder dead-letters export --all > given-up.ndjson

Exit code: 0 done, 1 when there is nothing to show, to send again or to drop (list and export give a list, which may be empty, and end with 0) or nobody can be asked, 2 when the command line or the configuration is wrong, 3 when the state cannot be used.`,
    );
  for (const [action, about] of Object.entries(actions) as [keyof typeof actions, string][]) {
    const command = withConfig(
      group.command(action).description(`${about[0]?.toUpperCase()}${about.slice(1)}.`),
    )
      .summary(about)
      .option("--output <name>", "only those of this output")
      .addOption(valueOption("--reason <reason>", "only those given up for this reason", reasonArgument))
      .addOption(
        valueOption("--day <date>", "only those of this UTC day, as 2026-08-01, or misdated", dayArgument),
      )
      .addOption(valueOption("--uid <uid>", "only the one with this uid (event.id)", uidArgument))
      .option(
        "--all",
        action === "list"
          ? "every one that fits, whatever --limit says"
          : "every one there is; otherwise at least one filter is needed",
        false,
      );
    if (action === "list")
      command
        .addOption(valueOption("--limit <number>", "how many to show", wholeNumber(1, 1_000_000), 100))
        .option("--json", "one JSON document a line", false);
    command.action(({ config, output, reason, day, uid, all, limit, json }: Asked) =>
      start<DeadLettersOptions>(async () => (await import("../dead-letters.ts")).deadLetters, {
        config: places.config(config),
        action,
        filter: {
          ...(output === undefined ? {} : { output }),
          ...(reason === undefined ? {} : { reason }),
          ...(day === undefined ? {} : { day }),
          ...(uid === undefined ? {} : { uid }),
        },
        all: all === true,
        limit: limit ?? 100,
        json: json === true,
      }),
    );
  }
}

function dayArgument(text: string): number {
  const day = bookDayOf(text);
  if (day === undefined) throw new InvalidArgumentError("Write a UTC day, such as 2026-08-01, or misdated.");
  return day;
}

function uidArgument(text: string): string {
  if (!/^[0-9a-f]{32}$/i.test(text))
    throw new InvalidArgumentError("A uid is 32 hexadecimal digits, as in the log and in the events.");
  return text.toLowerCase();
}

function reasonArgument(text: string): string {
  if (!(deliveryReasons as readonly string[]).includes(text))
    throw new InvalidArgumentError(
      "There is no such reason; those that occur are shown by dead-letters list.",
    );
  return text;
}
