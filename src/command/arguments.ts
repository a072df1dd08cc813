import { type Command as Commander, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../schema/parse-duration.ts";

/** Reads a duration such as `30s` given on the command line; milliseconds. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("Write a number and a unit, such as 30s or 5m.");
  return ms;
}

/** Reads a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** Reads a port; 0 lets the system choose. */
export const portNumber = wholeNumber(0, 65_535);

/** For an option that may be given several times. */
export function collected(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** An option with a value that is more than text; `shown` is how the help writes its default. */
export function valueOption(
  flags: string,
  about: string,
  parse: (text: string) => unknown,
  usual?: unknown,
  shown?: string,
): Option {
  const option = new Option(flags, about).argParser(parse);
  return usual === undefined ? option : option.default(usual, shown);
}

/** A command that reads the configuration. */
export function withConfig(command: Commander): Commander {
  return command.option(
    "-c, --config <file>",
    "configuration file (default: $WANDB_AUDIT_FORWARDER_CONFIG, then /etc/wandb-audit-forwarder/config.yaml)",
  );
}
