import type { Command as Commander } from "commander";
import { withConfig } from "../arguments.ts";
import type { ExplainOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `explain` as the command line and its help know it. */
export function defineExplain(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("explain"))
    .summary("where is my event? what became of it, for each output")
    .description(
      "Takes the uid of an event (event.id) or a record as W&B shows it, and says by what it is known, since when, how its day stands, and for each output whether it was delivered (and when), filtered (by which rule), given up, or waits, with the payload that the output gets. Asks the running daemon through state_dir/control.sock; without one it opens the state itself. Changes nothing.",
    )
    .argument("<event>", "a uid, a line, or - for lines on standard input")
    .option("--source <name>", "only in the log of this source's instance")
    .option("--frame", "payloads with what surrounds them on the wire: the syslog header, the HEC envelope")
    .option("--json", "one JSON document a line", false)
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder explain 0123456789abcdef0123456789abcdef
  wandb-audit-forwarder explain '{"timestamp":"2026-08-01T13:12:14Z","action":"project:read", ...}'
  wandb-audit-forwarder explain --json - < lines.ndjson | jq '.events[].outputs[] | {output, state}'

A line is found by its day; a uid alone is looked for from the newest record back, which takes some seconds for each GB.

Exit code: 0 when all are known, 1 when one was never seen (what to check is printed) or nobody can be asked, 2 when the command line or the configuration is wrong, 3 when the state cannot be used.`,
    )
    .action((event: string, given: Given<ExplainOptions>) =>
      start<ExplainOptions>(async () => (await import("../explain.ts")).explain, {
        config: places.config(given.config),
        event,
        source: given.source,
        frame: given.frame === true,
        json: given.json === true,
      }),
    );
}
