import { resolve } from "node:path";
import { isPartGone, restartIt } from "../other-version.ts";
import { systemClock } from "../time/clock.ts";
import { assemble, readDocument } from "./assemble.ts";
import type { Config } from "./config.ts";
import type { LoadOptions } from "./load.ts";
import { namedKinds } from "./named-kinds.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { readText } from "./read-text.ts";
import type { Kinds } from "./settings.ts";

/** As `LoadOptions`: the kinds are those that are named. */
export type NamedOptions = Omit<LoadOptions, "kinds">;

/**
 * As `loadConfig`, without loading the kinds of sources and outputs that the file does not name. Rejects with
 * the same ConfigError.
 */
export async function loadNamed(
  path: string,
  { environment, readFile = readText, otherwise, clock = systemClock }: NamedOptions,
  kindsOf = namedKinds,
): Promise<Config> {
  const surroundings = { environment, readFile, otherwise };
  const read = readDocument(resolve(path), surroundings);
  let kinds: Kinds | undefined;
  try {
    // Where one is named that there is not, those that there are must be told.
    kinds = (await kindsOf(read.document.value)) ?? (await import("./load.ts")).allKinds;
  } catch (error) {
    throw partGone(read.file, error) ?? error;
  }
  return assemble(read, kinds, surroundings, clock);
}

/** For a configuration that needs a part of the program that is gone; undefined of another error. */
export function partGone(file: string, error: unknown): ConfigError | undefined {
  return isPartGone(error) ? new ConfigError(file, [gone], error, restartIt) : undefined;
}

const gone: Problem = {
  path: "",
  line: 0,
  column: 0,
  message:
    "a part of the program that this needs is gone: another version was installed over the one that runs",
  hint: restartIt,
};
