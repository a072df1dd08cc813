import { type Command as Commander, InvalidArgumentError } from "commander";
import { bookDayOf } from "../../status/book-day-text.ts";
import type { ArchiveOptions } from "../archive-target.ts";
import { collected, valueOption, withConfig } from "../arguments.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

interface Asked {
  readonly config?: string;
  readonly key?: readonly string[];
  readonly attested?: boolean;
  readonly head?: string;
  readonly from?: number;
  readonly to?: number;
  readonly source?: string;
  readonly actions?: readonly string[];
  readonly users?: readonly string[];
  readonly uids?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const actions = {
  verify: "prove that nothing in it was changed, removed, added or put in another order",
  list: "show its files",
  extract: "write records of it to standard output, a line each",
} as const;

/** `archive` and what it does, as the command line and its help know them. */
export function defineArchive(program: Commander, start: StartCommand, places: CommandPlaces): void {
  const group = program
    .command("archive")
    .summary("prove that an archive is whole, list it, take records out")
    .description(
      "Works on what an output of type archive has stored: in a directory, a bucket, or wherever an output of the configuration stores it. Needs neither the daemon nor its state, and changes nothing.",
    )
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder archive verify /srv/audit --key attest-public.pem --head 3f9c...
  wandb-audit-forwarder archive list store -c config.yaml --from 2026-08-01 --to 2026-08-02
  wandb-audit-forwarder archive extract /srv/audit --from 2026-08-01 --actions 'user:*' --raw`,
    );
  for (const [action, about] of Object.entries(actions) as [keyof typeof actions, string][])
    defineAction(group, action, about, start, places);
}

function defineAction(
  group: Commander,
  action: keyof typeof actions,
  about: string,
  start: StartCommand,
  places: CommandPlaces,
): void {
  const command = withConfig(
    group.command(action).description(`${about[0]?.toUpperCase()}${about.slice(1)}.`),
  )
    .summary(about)
    .argument(
      "[archive]",
      "a directory (with a /), a URL, or the name of an output (default: the only archive of the configuration)",
    );
  if (action === "verify")
    command
      .option(
        "--key <key>",
        "who has to have signed it: a PEM file, or the fingerprint of the key; once for each key, where it was changed or several write there",
        collected,
      )
      .addOption(
        valueOption("--head <hash>", "the newest manifest's hash, as the SIEM was told it", hashArgument),
      )
      .option("--json", "print one JSON document, for programs")
      .addHelpText(
        "after",
        `
Every manifest, its signature and its place in the chain are looked at, and every file that one names is read. Without --head it cannot show that the newest manifests were removed, without --key not that somebody else has signed all of it: both are said.

Exit code: 0 when nothing differs, 1 when something does or there is no manifest, 2 when the command line or the configuration is wrong.`,
      );
  else {
    command
      .addOption(valueOption("--from <date>", "only from this UTC day on, as 2026-08-01", dayArgument))
      .addOption(valueOption("--to <date>", "the first UTC day that is not wanted", dayArgument));
    if (action === "list") command.option("--json", "one JSON document a line");
    else
      command
        .option("--source <name>", "only of this source")
        .addOption(
          valueOption("--actions <patterns>", "only these, as in filter: user:*,run:delete", listArgument),
        )
        .addOption(
          valueOption("--users <names>", "only of these actors: ids or e-mail addresses", listArgument),
        )
        .option("--uids <uids>", "only these: uids with commas, a file with one a line, or -")
        .option("--attested", "only files that a signed manifest names, as it names them; others are named")
        .option("--key <key>", "with --attested: who has to have signed it, as for verify", collected)
        .option("--raw", "each record as it was received, without uid and source");
  }
  command.action((target: string | undefined, asked: Asked) =>
    start<ArchiveOptions>(async () => (await import("../archive.ts")).archive, {
      ...{ action, target, config: places.configIfAny(asked.config), keys: asked.key, head: asked.head },
      days: { first: asked.from ?? Number.NEGATIVE_INFINITY, end: asked.to ?? Number.POSITIVE_INFINITY },
      ...{ source: asked.source, actions: asked.actions, users: asked.users, uids: asked.uids },
      ...{ attested: asked.attested === true, raw: asked.raw === true, json: asked.json === true },
    }),
  );
}

function dayArgument(text: string): number {
  const day = bookDayOf(text);
  if (day === undefined || day < 0) throw new InvalidArgumentError("Write a UTC day, such as 2026-08-01.");
  return day;
}

function hashArgument(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("A hash is 64 hexadecimal digits.");
  return text;
}

function listArgument(text: string): readonly string[] {
  const listed = text.split(",").map((part) => part.trim());
  if (listed.some((part) => part === "")) throw new InvalidArgumentError("Write names with commas between.");
  return listed;
}
