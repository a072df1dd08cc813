import type { Command as Commander } from "commander";
import type { StartCommand } from "./definition.ts";

/** `schema` as the command line and its help know it. */
export function defineSchema(program: Commander, start: StartCommand): void {
  program
    .command("schema")
    .summary("print the JSON Schema of the configuration")
    .description(
      "Prints the JSON Schema that the configuration is checked against, for editors: completion, explanations and mistakes underlined.",
    )
    .addHelpText(
      "after",
      `
Example:
  wandb-audit-forwarder schema > config.schema.json
  and as the first line of config.yaml:
  # yaml-language-server: $schema=./config.schema.json`,
    )
    .action(() => start(async () => (await import("../schema.ts")).schema, {}));
}
