import type { Command as Commander } from "commander";
import { withConfig } from "../arguments.ts";
import type { MapOptions } from "../command.ts";
import type { CommandPlaces, Given, StartCommand } from "./definition.ts";

/** `map` as the command line and its help know it. */
export function defineMap(program: Commander, start: StartCommand, places: CommandPlaces): void {
  withConfig(program.command("map"))
    .summary("show what a record becomes, without sending it")
    .description(
      "Reads W&B audit records as NDJSON and prints what the SIEM would get, one payload a line. Needs no daemon, no secret but the key of pseudonyms, and no configuration file: without one it shows the format with defaults.",
    )
    .argument("[files...]", "files of records; - is standard input, and the default")
    .option("--format <name>", "ecs, cef, cim, raw, json, otlp or ocsf (default: that of --output, else ecs)")
    .option("--source <name>", "configured source the records are taken to be from")
    .option("--instance <host>", "W&B instance to assume (default: that of the source, else localhost)")
    .option("--output <name>", "configured output: its format, filter and redaction are used")
    .option("--frame", "add what surrounds it on the wire: the syslog header, the HEC envelope")
    .addHelpText(
      "after",
      `
Examples:
  wandb-audit-forwarder map --format cef < samples.ndjson
  wandb-audit-forwarder map --output splunk --frame samples.ndjson`,
    )
    .action((files: string[], given: Given<MapOptions>) =>
      start<MapOptions>(async () => (await import("../map.ts")).map, {
        config: places.configIfAny(given.config),
        configNamed: given.config !== undefined,
        format: given.format,
        source: given.source,
        instance: given.instance,
        output: given.output,
        frame: given.frame === true,
        files: files.length === 0 ? ["-"] : files,
      }),
    );
}
