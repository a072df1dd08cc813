import type { z } from "zod";
import type { Path } from "./position.ts";
import { plannedAt } from "./schema-at.ts";

/**
 * Whether a later version will know this value at this path of what the schema parses (`planned` in its
 * meta): it has its own message, so that nobody looks for a typing mistake.
 */
export function isPlannedValue(schema: z.ZodType, path: Path, value: unknown): boolean {
  if (typeof value !== "string") return false;
  return plannedAt(schema, path).some((planned) =>
    planned.endsWith(":") ? value.startsWith(planned) : value === planned,
  );
}
