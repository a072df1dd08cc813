import { dirname, resolve } from "node:path";
import type { Secret } from "../secret/secret.ts";
import { fileText } from "./assemble.ts";
import type { Config } from "./config.ts";
import { configDocument } from "./document.ts";
import { type LoadOptions, loadConfig } from "./load.ts";
import { readText } from "./read-text.ts";
import { whereaboutsSchema } from "./settings.ts";

/** Where a running daemon can be asked. */
export interface Whereabouts {
  readonly stateDir: string;
  /** Absent: the listener is off. */
  readonly listen: Config["admin"]["listen"];
}

/**
 * Where the daemon of a configuration is to be found, whatever else is wrong in the file: a mistake made
 * after its start, or secrets that only the service gets, must not hide a running daemon. Throws
 * ConfigError when even this cannot be told.
 */
export function whereabouts(path: string, options: LoadOptions): Whereabouts {
  const file = resolve(path);
  const surroundings = { ...options, readFile: options.readFile ?? readText };
  const { value } = configDocument(fileText(file, surroundings).text, surroundings);
  const found = whereaboutsSchema.safeParse(value);
  if (found.success)
    return { stateDir: resolve(dirname(file), found.data.state_dir), listen: found.data.admin.listen };
  const { stateDir, admin } = loadConfig(path, options);
  return { stateDir, listen: admin.listen };
}

/**
 * The configuration for looking at the state: secrets that this
 * user or shell has not need not be there. Throws ConfigError.
 */
export function loadToLook(path: string, options: LoadOptions): Config {
  return loadWithoutSecrets(path, options).config;
}

/** What stands for a reference that leads nowhere. */
const unknown = "unknown";

/** A configuration of which some secrets may not be known. */
export interface LoadedWithoutSecrets {
  readonly config: Config;
  /** False: it stands for one that this user or shell has not. */
  isKnown(secret: Secret): boolean;
}

/** The configuration for what needs no secret, or only some of them. Throws ConfigError. */
export function loadWithoutSecrets(path: string, options: LoadOptions): LoadedWithoutSecrets {
  try {
    return { config: loadConfig(path, options), isKnown: () => true };
  } catch (error) {
    try {
      const config = loadConfig(path, { ...options, otherwise: unknown });
      return { config, isKnown: (secret) => !secret.reveal().includes(unknown) };
    } catch {
      throw error;
    }
  }
}
