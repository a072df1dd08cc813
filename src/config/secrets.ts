import { controlFree } from "../schema/parts.ts";
import { Secret } from "../secret/secret.ts";
import type { OwnedSecret } from "./config.ts";
import { BadReference, interpolate, type Surroundings } from "./interpolate.ts";
import { valueAt } from "./issues.ts";
import { type Path, pathKey, pathText } from "./position.ts";
import type { Template } from "./yaml-values.ts";

/** The secrets in a source's, output's or other part's configuration, with where they stand in it. */
export function secretsIn(
  config: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly secret: Secret }[] {
  if (config instanceof Secret) return [{ path, secret: config }];
  if (Array.isArray(config)) return config.flatMap((value, index) => secretsIn(value, [...path, index]));
  if (!isPlainObject(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => secretsIn(value, [...path, key]));
}

/** Tells every secret that came from a file where to read itself again. */
export function bindSecrets(
  owner: string,
  config: unknown,
  at: Path,
  templates: ReadonlyMap<string, Template>,
  surroundings: Surroundings,
): readonly OwnedSecret[] {
  return secretsIn(config, at).map(({ path, secret }) => {
    const template = templates.get(pathKey(path));
    const owned = { path: pathText(path), place: path, owner, secret };
    // The environment of a process does not change; only files do.
    if (template === undefined || template.files.length === 0) return owned;
    secret.bind(() => {
      const { text } = interpolate(template.text, surroundings);
      if (!controlFree.test(text)) throw new BadReference("a secret must be one line", "correct the file");
      return text;
    });
    return { ...owned, files: template.files.map((file) => file.path) };
  });
}

/**
 * Credentials where no schema calls them a secret: in the
 * address of a proxy, and in variables that others read.
 */
export function credentialsAround(
  parts: readonly { readonly config: { readonly name: string } }[],
  environment: Surroundings["environment"],
): readonly OwnedSecret[] {
  const owned = (owner: string, path: string, values: readonly string[]): OwnedSecret[] =>
    values
      .filter((value) => value !== "")
      .map((value) => ({ path, place: [], owner, secret: new Secret(value) }));
  return [
    ...parts.flatMap(({ config }) => owned(config.name, "proxy", passwordsIn(valueAt(config, ["proxy"])))),
    ...proxyVariables.flatMap((name) => owned("environment", name, passwordsIn(environment[name]))),
    ...headerVariables.flatMap((name) => owned("environment", name, headerValuesIn(environment[name]))),
  ];
}

const proxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
const headerVariables = ["", "LOGS_", "TRACES_", "METRICS_"].map(
  (signal) => `OTEL_EXPORTER_OTLP_${signal}HEADERS`,
);

/** As it stands in the address, and what that means. */
function passwordsIn(address: unknown): string[] {
  const password = /\/\/[^:@/]*:(.+)@/.exec(String(address ?? ""))?.[1] ?? "";
  return [password, decoded(password)];
}

function headerValuesIn(list = ""): string[] {
  return list.split(",").flatMap((member) => {
    const value = member.slice(member.indexOf("=") + 1).trim();
    return [value, decoded(value)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** URLs and other classes hold no secrets: schemas refuse URLs with credentials. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
