// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { dirname, resolve } from "node:path";
import { type Clock, systemClock } from "../time/clock.ts";
import type { Config, OwnedSecret } from "./config.ts";
import { crossChecks } from "./cross-checks.ts";
import { type ConfigDocument, configDocument } from "./document.ts";
import { fileText } from "./file-text.ts";
import { fingerprints } from "./fingerprints.ts";
import type { Surroundings } from "./interpolate.ts";
import { aboutOpenSecrets } from "./open-secrets.ts";
import { outputParts } from "./outputs-again.ts";
import { type Parts, parseParts } from "./parse-parts.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { bindSecrets, credentialsAround } from "./secrets.ts";
import type { Kinds } from "./settings.ts";
import { warningsAbout } from "./warnings.ts";

/** A configuration's file as it was read. */
export interface ReadDocument {
  /** An absolute path. */
  readonly file: string;
  readonly document: ConfigDocument;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

/** Reads `file`, an absolute path. Throws ConfigError where it is no document with keys. */
export function readDocument(file: string, surroundings: Surroundings): ReadDocument {
  const { text, writtenAt = 0 } = fileText(file, surroundings);
  const document = configDocument(text, surroundings);
  if (
    document.value === undefined ||
    document.value === null ||
    typeof document.value !== "object" ||
    Array.isArray(document.value)
  ) {
    throw new ConfigError(file, document.problems.length > 0 ? document.problems : [notAConfiguration]);
  }
  return { file, document, writtenAt };
}

/** Makes the configuration out of what was read. Throws ConfigError with every problem at once. */
export function assemble(
  { file, document, writtenAt }: ReadDocument,
  kinds: Kinds,
  surroundings: Surroundings,
  clock: Pick<Clock, "now"> = systemClock,
): Config {
  const parts = parseParts(document, kinds);
  const open = aboutOpenSecrets(parts.openSecrets, surroundings.environment);
  const problems = [
    ...unsafeEnvironment(surroundings.environment),
    ...document.problems,
    ...parts.problems,
    ...open.problems,
    ...crossChecks(document.value, parts, document.places, { now: clock.now(), writtenAt }),
  ];
  if (problems.length > 0 || parts.settings === undefined) throw new ConfigError(file, inOrder(problems));

  const { settings } = parts;
  const secrets = ownedSecrets(parts, document, surroundings);
  return {
    file,
    stateDir: resolve(dirname(file), settings.state_dir),
    spool: {
      maxBytes: settings.spool.max_bytes,
      maxLetterBytes: settings.spool.max_dead_letters,
      keepDelivered: settings.spool.keep_delivered,
      keepLedger: settings.spool.keep_ledger,
    },
    activity: settings.activity,
    sources: parts.sources,
    outputs: parts.outputs,
    admin: {
      listen: settings.admin.listen,
      token: settings.admin.token,
      metrics: settings.admin.metrics,
      allowedHosts: settings.admin.allowed_hosts,
    },
    log: settings.log,
    shutdownTimeout: settings.shutdown_timeout,
    secrets,
    configuration: fingerprints(document),
    outputParts: outputParts({ values: parts.outputValues, templates: document.templates }),
    warnings: inOrder([...warningsAbout(parts, document, secrets, file), ...open.warnings]),
  };
}

const notAConfiguration: Problem = {
  path: "",
  line: 1,
  column: 1,
  message: "not a configuration: it must hold sources and outputs",
  hint: "the examples in config/ show how",
};

function ownedSecrets(
  parts: Parts,
  { templates }: ConfigDocument,
  surroundings: Surroundings,
): readonly OwnedSecret[] {
  const bind = (owner: string, config: unknown, at: (string | number)[]) =>
    bindSecrets(owner, config, at, templates, surroundings);
  return [
    ...parts.sources.flatMap(({ config }, index) => bind(config.name, config, ["sources", index])),
    ...parts.outputs.flatMap(({ config }, index) => bind(config.name, config, ["outputs", index])),
    ...bind("admin", parts.settings?.admin, ["admin"]),
    ...credentialsAround([...parts.sources, ...parts.outputs], surroundings.environment),
  ];
}

/** Node switches off every verification for it, whatever the configuration says. */
function unsafeEnvironment(environment: Surroundings["environment"]): Problem[] {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return [];
  const message = "NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the verification of every certificate";
  return [
    { path: "", line: 0, column: 0, message, hint: "unset it, and give private authorities with tls.ca" },
  ];
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}
