import { createHash } from "node:crypto";
import type { ConfigDocument } from "./document.ts";
import { type Path, pathKey } from "./position.ts";

/**
 * A hash of each part of a configuration as it is written, by its name (`outputs.splunk`): two of a part are
 * the same as long as that says the same. What references lead to is not in it, so that another secret in the
 * same file is no other configuration.
 */
export function fingerprints({
  value,
  templates,
}: Pick<ConfigDocument, "value" | "templates">): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, part] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if ((key !== "sources" && key !== "outputs") || !Array.isArray(part))
      found.set(key, hashOf(written(part, [key], templates)));
    else
      part.forEach((each: unknown, index) => {
        found.set(`${key}.${nameOf(each) ?? index}`, hashOf(written(each, [key, index], templates)));
      });
  }
  return found;
}

function nameOf(part: unknown): string | undefined {
  const name = typeof part === "object" && part !== null && "name" in part ? part.name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** The same with references in place of what they lead to, and keys in one order. */
function written(value: unknown, path: Path, templates: ConfigDocument["templates"]): unknown {
  const template = templates.get(pathKey(path));
  if (template !== undefined) return template.text;
  if (Array.isArray(value)) return value.map((each, index) => written(each, [...path, index], templates));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => [key, written(each, [...path, key], templates)]);
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
