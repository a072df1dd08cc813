import { resolve } from "node:path";
import { systemClock } from "../time/clock.ts";
import { assemble, readDocument } from "./assemble.ts";
import type { Config } from "./config.ts";
import type { LoadOptions } from "./load.ts";
import { namedKinds } from "./named-kinds.ts";
import { ConfigError } from "./problem.ts";
import { readText } from "./read-text.ts";

/**
 * As `loadConfig`, without loading the kinds of sources and outputs that the file does not name: for what
 * runs long. Rejects with the same ConfigError.
 */
export async function loadNamed(
  path: string,
  { environment, readFile = readText, clock = systemClock }: Omit<LoadOptions, "kinds" | "otherwise">,
): Promise<Config> {
  const surroundings = { environment, readFile };
  const read = readDocument(resolve(path), surroundings);
  const kinds = await namedKinds(read.document.value);
  try {
    if (kinds !== undefined) return assemble(read, kinds, surroundings, clock);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  // What is wrong is said with all kinds in view.
  const { allKinds } = await import("./load.ts");
  return assemble(read, allKinds, surroundings, clock);
}
