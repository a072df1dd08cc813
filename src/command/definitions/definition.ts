import type { Command } from "../command.ts";

/**
 * Runs a command with its options; set up by `program.ts`. A
 * command is loaded when it is asked for: the start stays fast.
 */
export type StartCommand = <Options>(
  load: () => Promise<Command<Options>>,
  options: Options,
) => Promise<void>;

/** Where a command finds its configuration. */
export interface CommandPlaces {
  /** The configuration file that is meant, given or not given `-c`. */
  config(given: string | undefined): string;
  /** The same, or undefined when none was named and the default one does not exist. */
  configIfAny(given: string | undefined): string | undefined;
}

/** What the command line gives of a command's options that reads the configuration. */
export type Given<Options> = Omit<Options, "config"> & { readonly config?: string };
