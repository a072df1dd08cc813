import { oneLine } from "../schema/parts.ts";
import { Secret } from "../secret.ts";
import type { OwnedSecret } from "./config.ts";
import type { Template } from "./document.ts";
import { BadReference, interpolate, type Surroundings } from "./interpolate.ts";
import { type Path, pathText } from "./position.ts";

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
    const template = templates.get(pathText(path));
    // The environment of a process does not change; only files do.
    if (template !== undefined && template.files.length > 0) {
      secret.bind(() => {
        const { text } = interpolate(template.text, surroundings);
        if (!oneLine.test(text)) throw new BadReference("a secret must be one line", "correct the file");
        return text;
      });
    }
    return { path: pathText(path), place: path, owner, secret };
  });
}

/** URLs and other classes hold no secrets: schemas refuse URLs with credentials. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
