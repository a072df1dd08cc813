import type { ConfiguredOutput } from "../output/configured.ts";
import type { Secret } from "../secret/secret.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { ActivityConfig } from "./activity-settings.ts";
import type { Problem } from "./problem.ts";

/** From the least important to the most. */
export const logLevels = ["trace", "debug", "info", "warn", "error"] as const;
/** One of them. */
export type LogLevel = (typeof logLevels)[number];

/** How log lines look; `auto` is `text` on a terminal and `json` elsewhere. */
export const logFormats = ["auto", "json", "text"] as const;

/** The configuration as the program uses it: validated, durations in milliseconds, sizes in bytes. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  readonly stateDir: string;
  readonly spool: SpoolConfig;
  readonly activity: ActivityConfig;
  /** Made by the schemas of their kinds; keys stay as they are written in the file. */
  readonly sources: readonly ConfiguredSource[];
  readonly outputs: readonly ConfiguredOutput[];
  readonly admin: AdminConfig;
  readonly log: { readonly level: LogLevel; readonly format: (typeof logFormats)[number] };
  /** How long a stop may take to deliver what is held, milliseconds. */
  readonly shutdownTimeout: number;
  /** Every secret of the configuration, for the scrubber and for `reload`. */
  readonly secrets: readonly OwnedSecret[];
  /** A hash of each part as it is written, by its name: see `fingerprints`. */
  readonly configuration: ReadonlyMap<string, string>;
  /** What the outputs were made of, for who makes the same once more (`outputsAgain`). */
  readonly outputParts: Secret;
  /** Worth telling, no reason not to start. */
  readonly warnings: readonly Problem[];
}

/** The durable store between sources and outputs. */
export interface SpoolConfig {
  readonly maxBytes: number;
  /** What the dead letters of one output may take beside that, bytes. */
  readonly maxLetterBytes: number;
  /** How long what every output settled is kept for replay, milliseconds. */
  readonly keepDelivered: number;
  /** How long a day stays known after the last read that showed it, milliseconds. */
  readonly keepLedger: number;
}

/** The listener for people and monitoring. */
export interface AdminConfig {
  /** Absent: no listener. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly token: Secret | undefined;
  /** Whether `/metrics` needs the token. */
  readonly metrics: "token" | "open";
  /** Names by which clients may ask (`Host` header) besides the listen address and localhost. */
  readonly allowedHosts: readonly string[];
}

/** A secret, and whose it is. */
export interface OwnedSecret {
  /** `outputs[0].token` */
  readonly path: string;
  readonly place: readonly (string | number)[];
  /** Name of the source or output it belongs to, or `admin`. */
  readonly owner: string;
  readonly secret: Secret;
  /** Where it reads itself again; absent where it does not. */
  readonly files?: readonly string[];
}
