import { type Document, isAlias, isMap, isScalar, isSeq } from "yaml";
import { BadReference, interpolate, isTemplate, type Surroundings } from "./interpolate.ts";
import { type Path, type Place, type Places, pathKey, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";

/** A value that was written with references. */
export interface Template {
  readonly path: Path;
  readonly text: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** What a walk over a document needs, and what it fills on its way. */
export interface Walk {
  readonly document: Document;
  readonly surroundings: Surroundings;
  readonly placeAt: (offset: number) => Place;
  readonly places: Places;
  readonly templates: Map<string, Template>;
  readonly problems: Problem[];
}

/** Generous; a bomb of aliases grows by powers. */
const maxAliases = 100;

/**
 * The document as data: aliases followed, references
 * replaced. Never throws; what is wrong becomes a problem.
 */
export function valuesOf(walk: Walk): unknown {
  const { document, placeAt, places } = walk;
  let aliases = 0;
  return read(document.contents, []);

  function read(node: unknown, path: Path): unknown {
    if (isAlias(node)) {
      if (++aliases > maxAliases) {
        if (aliases === maxAliases + 1) complain(walk, path, "too many aliases");
        return undefined;
      }
      const target = node.resolve(document);
      if (target !== undefined) return read(target, path);
      complain(walk, path, "there is no such anchor before this alias");
      return undefined;
    }
    if (!isScalar(node) && !isSeq(node) && !isMap(node)) return null;
    places.setValue(path, placeAt(node.range?.[0] ?? 0));
    if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index]));
    if (isScalar(node))
      return typeof node.value === "string" && isTemplate(node.value)
        ? expanded(walk, node.value, path)
        : node.value;
    // Without a prototype `__proto__` is a key like any other: an unknown one.
    const value: Record<string, unknown> = Object.create(null);
    for (const { key, value: child } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const childPath = [...path, name];
      places.setKey(childPath, placeAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0));
      if (name === "<<") {
        const place = { path: pathText(childPath), ...places.ofKey(childPath) };
        walk.problems.push({ ...place, message: "YAML 1.2 merges nothing", hint: "write the keys out" });
        continue;
      }
      value[name] = read(child, childPath);
    }
    return value;
  }
}

function expanded(walk: Walk, template: string, path: Path): string {
  try {
    const { text, files } = interpolate(template, walk.surroundings);
    walk.templates.set(pathKey(path), { path, text: template, files });
    return text;
  } catch (error) {
    if (!(error instanceof BadReference)) throw error;
    complain(walk, path, error.message, error.hint);
    return "";
  }
}

function complain({ places, problems }: Walk, path: Path, message: string, hint?: string): void {
  problems.push({
    path: pathText(path),
    ...places.ofValue(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}
