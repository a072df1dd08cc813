import type { Command as Commander } from "commander";
import { withConfig } from "../arguments.ts";
import type { PseudonymOptions } from "../pseudonym.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `pseudonym` as the command line and its help know it. */
export function definePseudonym(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("pseudonym"))
    .summary("pseudonyms of candidates, for the holder of the key")
    .description(
      "Takes candidates, one a line (e-mail addresses, ids, names as W&B has them), and prints the pseudonym that each key makes of each: a list to look a pseudonym up in. A pseudonym is a keyed hash: it cannot be turned back, only made again of who it may be. The keys are those of the configured outputs, retired ones included, or of files. Connects to nothing.",
    )
    .argument("[files...]", "files of candidates; - is standard input, and the default")
    .option("--output <name>", "configured output whose keys are used (default: all that make pseudonyms)")
    .option(
      "--key <file>",
      "file with a key, as ID=FILE where it has an id, instead of the configuration's; may be given again",
      also,
    )
    .option("--json", "one JSON document a line", false)
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder pseudonym staff.txt > pseudonyms.csv
  echo ada@example.com | wandb-audit-forwarder pseudonym --key k2=/root/pseudonym-k2
  wandb-audit-forwarder pseudonym staff.txt | grep k2_3f9c0d5e8a7b6c1d2e3f4a5b6c7d8e9f

A candidate is taken as it stands, upper and lower case included: it must be what the audit log has.
Whoever has the key can do this, so the key is personal data itself.

Exit code: 0 done, 1 when a file cannot be read, 2 when the command line or the configuration is wrong.`,
    )
    .action((files: string[], given: Given<PseudonymOptions> & { readonly key?: readonly string[] }) =>
      start<PseudonymOptions>(async () => (await import("../pseudonym.ts")).pseudonym, {
        config: given.key === undefined ? places.config(given.config) : undefined,
        output: given.output,
        keyFiles: given.key ?? [],
        json: given.json === true,
        files: files.length === 0 ? ["-"] : files,
      }),
    );
}

function also(given: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), given];
}
