import type { Secret } from "../secret/secret.ts";
import type { Config } from "./config.ts";
import { loadNamed, type NamedOptions } from "./load-named.ts";

/**
 * The configuration for looking at the state: secrets that this
 * user or shell has not need not be there. Rejects with ConfigError.
 */
export async function loadToLook(path: string, options: NamedOptions): Promise<Config> {
  return (await loadWithoutSecrets(path, options)).config;
}

/** What stands for a reference that leads nowhere. */
const unknown = "unknown";

/** A configuration of which some secrets may not be known. */
export interface LoadedWithoutSecrets {
  readonly config: Config;
  /** False: it stands for one that this user or shell has not. */
  isKnown(secret: Secret): boolean;
}

/** The configuration for what needs no secret, or only some of them. Rejects with ConfigError. */
export async function loadWithoutSecrets(path: string, options: NamedOptions): Promise<LoadedWithoutSecrets> {
  try {
    return { config: await loadNamed(path, options), isKnown: () => true };
  } catch (error) {
    try {
      const config = await loadNamed(path, { ...options, otherwise: unknown });
      return { config, isKnown: (secret) => !secret.reveal().includes(unknown) };
    } catch {
      throw error;
    }
  }
}
