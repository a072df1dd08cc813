import { Argument, type Command as Commander } from "commander";
import { withConfig } from "../arguments.ts";
import { type PlacesOptions, placeAnswers } from "../command.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";

/** `outputs` and `sources` as the command line and its help know them. */
export function definePlaces(program: Commander, start: StartCommand, places: CommandPlaces): void {
  const defined = (kind: PlacesOptions["kind"], summary: string, description: string, example: string) =>
    withConfig(program.command(kind))
      .summary(summary)
      .description(description)
      .argument("<name>", "as it stands in the configuration")
      .addArgument(new Argument("<answer>", "what the change means").choices(placeAnswers[kind]))
      .addHelpText("after", `\nExample:\n  wandb-audit-forwarder ${kind} ${example}`)
      .action((name: string, answer: PlacesOptions["answer"], { config }: { readonly config?: string }) =>
        start<PlacesOptions>(async () => (await import("../places.ts")).places, {
          config: places.config(config),
          kind,
          name,
          answer,
        }),
      );
  defined(
    "outputs",
    "say what a changed destination of an output means",
    "A position belongs to a destination, not to a name. An output whose address, index or the like changed in the configuration is held (destination_changed) until this says what that means: adopt, it is the same place or takes over from it, and goes on where it was; start_over, it gets everything that is kept; from_now, it gets only what comes from now on. Asks the running daemon; without one it works on the state itself.",
    "splunk adopt",
  );
  defined(
    "sources",
    "say that a source reads another instance's log now",
    "The W&B instance is part of every uid. A source whose instance changed in the configuration is not read (instance_changed) until the old one is set again, or this says start_over: it is then read from its start, under other uids, and its books count both instances together. A source under a new name keeps them apart. Asks the running daemon; without one it works on the state itself.",
    "prod start_over",
  );
}
