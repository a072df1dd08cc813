import { type Command as Commander, InvalidArgumentError } from "commander";
import { momentOf } from "../../schema/moment.ts";
import { valueOption, wholeNumber, withConfig } from "../arguments.ts";
import type { ReplayOptions } from "../replay.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

/** Slow enough that no receiver of the usual size notices. */
const usualPace = 500;

interface Asked {
  readonly config?: string;
  readonly output?: string;
  readonly from?: number;
  readonly to?: number;
  readonly actions?: readonly string[];
  readonly users?: readonly string[];
  readonly uids?: string;
  readonly source?: string;
  readonly spoolOnly?: boolean;
  readonly rate: number;
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly cancel?: boolean;
  readonly json?: boolean;
}

/** `replay` as the command line and its help know it. */
export function defineReplay(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("replay"))
    .summary("send to one output again what it had, throttled and labelled")
    .description(
      "Sends the events of a time to one output once more, from the spool as long as it has them (spool.keep_delivered), else from the source: those days are read again between its polls, as backfill reads them. They go through that output's filter and redaction as they are now. Each carries the replay's id as replay_id and is otherwise the same, uid included. Other outputs, positions and the books' balance stay as they are; what is new goes first. What is refused this time is counted and becomes no dead letter. How far it is stands in the state: after a kill it goes on with the next start of the daemon, or with the same command, and repeats one batch at most.",
    )
    .option("--output <name>", "which output")
    .addOption(
      valueOption("--from <time>", "event time, as 2026-08-01 (UTC) or 2026-08-01T12:00:00Z", timeArgument),
    )
    .addOption(
      valueOption("--to <time>", "the first moment, or day, that is not wanted (default: now)", timeArgument),
    )
    .addOption(
      valueOption("--actions <patterns>", "only these, as in filter: user:*,run:delete", listArgument),
    )
    .addOption(valueOption("--users <names>", "only of these actors: ids or e-mail addresses", listArgument))
    .option(
      "--uids <uids>",
      "only these events, 10,000 at most: uids with commas between them, a file with one a line, or - for standard input",
    )
    .option("--source <name>", "read what the spool does not have from this one (default: who had shown it)")
    .option("--spool-only", "read nothing from sources: send what the spool has")
    .addOption(
      valueOption("--rate <events>", "events a second at most", wholeNumber(1, 1_000_000), usualPace),
    )
    .option("--yes", "ask nothing: needed where there is no terminal and there is something to ask")
    .option("--list", "show the last replay of each output")
    .option("--cancel", "stop the one that is under way; what it has sent stays sent")
    .option("--json", "print one JSON document a line, for programs")
    .addHelpText(
      "after",
      `
More than 100,000 records to look through, more than 31 days to read from a source, days whose records the ledger has forgotten (spool.keep_ledger), which would go to every output as new, and records that no source can show are asked about first. What turns out to be new on such a reading goes to every output, without a label. Own events of this program and heartbeats are not sent again.

With a running daemon that one sends, and this command shows how far it is: Ctrl-C leaves it to the daemon. Without one this process delivers, and reads where days are read, until the replay is done.

Examples:
  wandb-audit-forwarder replay --output splunk --from 2026-08-01 --to 2026-08-03
  wandb-audit-forwarder replay --output soc --from 2026-08-01T09:00:00Z --to 2026-08-01T10:00:00Z --actions 'user:*'
  wandb-audit-forwarder replay --output splunk --cancel`,
    )
    .action(({ config, from, list, cancel, ...asked }: Asked, command) => {
      const { output, to, actions, users, uids, rate, yes, json, source, spoolOnly } = asked;
      const action = list === true ? "list" : cancel === true ? "cancel" : "begin";
      if (list === true && cancel === true) command.error("error: --list or --cancel, not both");
      if (action !== "list" && output === undefined) command.error("error: --output <name> is needed");
      if (action === "begin" && from === undefined)
        command.error("error: --from <time> is needed, or --list, or --cancel");
      return start<ReplayOptions>(async () => (await import("../replay.ts")).replay, {
        ...{ config: places.config(config), action, output, from, to, actions, users, uids },
        ...{ perSecond: rate, yes: yes === true, json: json === true, source, spoolOnly: spoolOnly === true },
      });
    });
}

/** Epoch milliseconds. */
function timeArgument(text: string): number {
  const ms = momentOf(text);
  if (ms === undefined || ms < 0)
    throw new InvalidArgumentError("Write a UTC day or a time: 2026-08-01, 2026-08-01T12:00:00Z.");
  return ms;
}

function listArgument(text: string): readonly string[] {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0 || parts.length > mostListed || text.length > longestList)
    throw new InvalidArgumentError(`Write 1 to ${mostListed} of them, with commas between.`);
  return parts;
}

const mostListed = 50;
const longestList = 1_000;
