import type { z } from "zod";
import type { ConfigDocument } from "./document.ts";
import { valueAt } from "./issues.ts";
import { type Path, pathKey } from "./position.ts";

/**
 * A part in which references that came in as text are what its schema wants: where a number or a boolean is
 * wanted and the text is one, it becomes one. `issues` are what the schema said to the part as it was; the
 * part itself stays as it is.
 */
export function typedReferences(
  part: unknown,
  issues: readonly z.core.$ZodIssue[],
  at: Path,
  templates: ConfigDocument["templates"],
): unknown {
  const copy = structuredClone(part);
  for (const issue of issues) {
    const path = issue.path as Path;
    if (issue.code !== "invalid_type" || !templates.has(pathKey([...at, ...path]))) continue;
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
    const key = path.at(-1);
    if (holder === undefined || key === undefined) continue;
    const text = String(holder[key]);
    if (issue.expected === "boolean" && /^(true|false)$/.test(text)) holder[key] = text === "true";
    else if (/^(number|int)$/.test(issue.expected) && /^-?\d+(\.\d+)?$/.test(text))
      holder[key] = Number(text);
  }
  return copy;
}
