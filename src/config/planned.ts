import type { z } from "zod";
import type { Path } from "./position.ts";
import { plannedAt } from "./schema-at.ts";

/**
 * What the design has and this version does not has its own message, so that nobody looks for a typing
 * mistake. Here are the kinds; planned values stand in the schemas (`planned` in their meta).
 */
const kinds = { sources: [], outputs: [] } as const;

/** Whether a later version will have this kind of source or output. */
export function isPlannedKind(list: "sources" | "outputs", type: unknown): boolean {
  return kinds[list].some((planned) => planned === type);
}

/** Whether a later version will know this value at this path of what the schema parses. */
export function isPlannedValue(schema: z.ZodType, path: Path, value: unknown): boolean {
  if (typeof value !== "string") return false;
  return plannedAt(schema, path).some((planned) =>
    planned.endsWith(":") ? value.startsWith(planned) : value === planned,
  );
}
