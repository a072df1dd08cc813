import { resolve } from "node:path";
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
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ConfigError(read.file, [partGone], error, fix);
  }
  return assemble(read, kinds, surroundings, clock);
}

const fix = "restart it; where that does not help, install it again";

/** Parts of different versions have different names, so that none is taken for another's. */
const partGone: Problem = {
  path: "",
  line: 0,
  column: 0,
  message:
    "a part of the program that this needs is gone: another version was installed over the one that runs",
  hint: fix,
};
