import { isIP } from "node:net";
import { isLoopback } from "../net/loopback.ts";
import type { OwnedSecret } from "./config.ts";
import type { ConfigDocument } from "./document.ts";
import { filterWarnings } from "./filter-warnings.ts";
import { valueAt } from "./issues.ts";
import type { Parts } from "./parse-parts.ts";
import { pathWarnings } from "./path-warnings.ts";
import { placeWarnings } from "./place-checks.ts";
import { type Path, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { pseudonymWarnings } from "./pseudonym-warnings.ts";
import { halfRedactedWarnings, redactedKeyWarnings } from "./redacted-keys.ts";
import { secretWarnings } from "./secret-warnings.ts";
import { secretsIn } from "./secrets.ts";

/** So often W&B writes its log, milliseconds. */
const syncMs = 10 * 60_000;

/** What is allowed in `file`, and worth a line at every start. */
export function warningsAbout(
  parts: Parts,
  document: ConfigDocument,
  secrets: readonly OwnedSecret[],
  file: string,
): readonly Problem[] {
  const { places } = document;
  const warn = (path: Path, message: string, hint: string): Problem => ({
    path: pathText(path),
    ...places.ofValue(path),
    message,
    hint,
  });
  const members = [
    ...parts.sources.map(({ config }, index) => ({ at: ["sources", index], config })),
    ...parts.outputs.map(({ config }, index) => ({ at: ["outputs", index], config })),
  ];

  return [
    ...secretWarnings(document, secrets, warn),
    ...parts.sources
      .map(({ config, origin }, index) => ({ at: ["sources", index], config, origin }))
      .filter(({ config, origin }) => valueAt(config, ["instance"]) === undefined && isLocal(origin.instance))
      .map(({ at, origin }) =>
        warn(
          [...at, "url"],
          `the instance is taken from this address (${origin.instance}), which means something on this machine or in its cluster only; it becomes part of every uid`,
          "set instance to the public name of your W&B before the first record is read: changing it later gives every event another uid",
        ),
      ),
    ...parts.sources.flatMap(({ config, lookbackMs }, index) => {
      const text = lookbackMs === undefined ? undefined : shortLookback(lookbackMs, config.poll_interval);
      if (text === undefined) return [];
      const hint = "what W&B shows late is then found by a sweep, days later; 26h is the default";
      return [warn(["sources", index, "lookback"], text, hint)];
    }),
    ...pseudonymWarnings(parts, warn),
    ...redactedKeyWarnings(parts, warn),
    ...halfRedactedWarnings(parts, warn),
    ...filterWarnings(parts, warn),
    ...hostWarnings(parts, warn),
    ...pathWarnings(members, warn),
    ...placeWarnings(parts, warn, file),
    ...members
      .filter(({ config }) => valueAt(config, ["tls", "insecure_skip_verify"]) === true)
      .map(({ at }) =>
        warn(
          [...at, "tls", "insecure_skip_verify"],
          "any certificate is accepted",
          "whoever is in between can read and change everything; give the authority with `ca` instead",
        ),
      ),
    ...members
      .filter(({ config }) => secretsIn(config).length > 0)
      .flatMap(({ at, config }) =>
        ["url", "endpoint"].map((key) => ({ path: [...at, key], url: valueAt(config, [key]) })),
      )
      .filter(({ url }) => url instanceof URL && url.protocol === "http:" && !isLoopback(url.hostname))
      .map(({ path }) => warn(path, "credentials go over the network in plain text", "use https://")),
  ];
}

/** Names of which no `Host` header can be: whoever asks by them is refused. */
function hostWarnings(
  { settings }: Parts,
  warn: (path: Path, message: string, hint: string) => Problem,
): Problem[] {
  return (settings?.admin.allowed_hosts ?? []).flatMap((name, at) =>
    isIP(name) !== 0 || /^[^\s:/@[\]*]+$/.test(name)
      ? []
      : [
          warn(
            ["admin", "allowed_hosts", at],
            "no client asks by this name: it is not answered",
            "write each name alone, as in forwarder.example: without https://, port, brackets or *",
          ),
        ],
  );
}

/** What does not fit how W&B writes its log, or how often it is read. Milliseconds. */
function shortLookback(lookbackMs: number, pollIntervalMs: number): string | undefined {
  if (lookbackMs < syncMs) return "is shorter than the ten minutes in which W&B writes its log";
  return lookbackMs < pollIntervalMs ? "is shorter than poll_interval" : undefined;
}

/** Names that only this machine, its cluster or its network know. */
function isLocal(instance: string): boolean {
  if (isLoopback(instance)) return true;
  if (isIP(instance) !== 0) return false;
  return !instance.includes(".") || /\.(svc|local|internal|localdomain|lan|test)\.?$/i.test(instance);
}
