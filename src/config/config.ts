import type { z } from "zod";
import type { OutputKind } from "../output/output.ts";
import type { batch, outputBase } from "../schema/parts.ts";
import type { Secret } from "../secret/secret.ts";
import type { SourceKind } from "../source/source.ts";
import type { Problem } from "./problem.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The configuration as the program uses it: validated, durations in milliseconds, sizes in bytes. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  readonly stateDir: string;
  readonly spool: SpoolConfig;
  readonly sources: readonly ConfiguredSource[];
  readonly outputs: readonly ConfiguredOutput[];
  readonly admin: AdminConfig;
  readonly log: { readonly level: LogLevel };
  /** How long a stop may take to deliver what is held, milliseconds. */
  readonly shutdownTimeout: number;
  /** Every secret of the configuration, for the redactor and for `reload`. */
  readonly secrets: readonly OwnedSecret[];
  /** Worth telling, no reason not to start. */
  readonly warnings: readonly Problem[];
}

export interface SpoolConfig {
  readonly maxBytes: number;
  /** How long what every output settled is kept for replay, milliseconds. */
  readonly keepDelivered: number;
}

/** `config` is what the kind's schema made of the file and what its `create` takes; keys stay as they are written in the file. */
export interface ConfiguredSource {
  readonly kind: SourceKind;
  readonly config: SourceConfig;
}

export interface ConfiguredOutput {
  readonly kind: OutputKind;
  readonly config: OutputConfig;
}

/** What every source has. */
export interface SourceConfig {
  readonly name: string;
  /** Milliseconds. */
  readonly poll_interval: number;
}

/** What every output has. */
export type OutputConfig = Readonly<z.output<z.ZodObject<typeof outputBase>>> & {
  readonly batch: z.output<ReturnType<typeof batch>>;
};

export interface AdminConfig {
  /** Absent: no listener. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly token: Secret | undefined;
  /** Names by which clients may ask (`Host` header) besides the listen address and localhost. */
  readonly allowedHosts: readonly string[];
}

export interface OwnedSecret {
  /** `outputs[0].token` */
  readonly path: string;
  readonly place: readonly (string | number)[];
  /** Name of the source or output it belongs to, or `admin`. */
  readonly owner: string;
  readonly secret: Secret;
}
