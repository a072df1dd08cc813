import { resolve } from "node:path";
import { systemClock } from "../time/clock.ts";
import { assemble, readDocument } from "./assemble.ts";
import type { Config } from "./config.ts";
import type { LoadOptions } from "./load.ts";
import { namedKinds } from "./named-kinds.ts";
import { readText } from "./read-text.ts";

/**
 * As `loadConfig`, without loading the kinds of sources and outputs that the file does not name. Rejects with
 * the same ConfigError.
 */
export async function loadNamed(
  path: string,
  { environment, readFile = readText, otherwise, clock = systemClock }: Omit<LoadOptions, "kinds">,
): Promise<Config> {
  const surroundings = { environment, readFile, otherwise };
  const read = readDocument(resolve(path), surroundings);
  // Where one is named that there is not, those that there are must be told.
  const kinds = (await namedKinds(read.document.value)) ?? (await import("./load.ts")).allKinds;
  return assemble(read, kinds, surroundings, clock);
}
