import { resolve } from "node:path";
import { outputKinds } from "../output/all.ts";
import { sourceKinds } from "../source/all.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { assemble, readDocument } from "./assemble.ts";
import type { Config } from "./config.ts";
import type { Surroundings } from "./interpolate.ts";
import { readText } from "./read-text.ts";
import type { Kinds } from "./settings.ts";

/** What loading takes from the world around it. */
export interface LoadOptions {
  readonly environment: Surroundings["environment"];
  /** Default: the file system. */
  readonly readFile?: Surroundings["readFile"];
  readonly otherwise?: Surroundings["otherwise"];
  /** Default: every kind there is. */
  readonly kinds?: Kinds;
  /** Default: this machine's. */
  readonly clock?: Pick<Clock, "now">;
}

/** Every kind that the program has. */
export const allKinds: Kinds = { sources: sourceKinds, outputs: outputKinds };

/** Reads and validates a configuration file. Throws ConfigError with every problem at once. */
export function loadConfig(
  path: string,
  { environment, readFile = readText, otherwise, kinds = allKinds, clock = systemClock }: LoadOptions,
): Config {
  const surroundings = { environment, readFile, otherwise };
  return assemble(readDocument(resolve(path), surroundings), kinds, surroundings, clock);
}
