import type { AuditEvent } from "../event/event.ts";
import { jsonOf } from "../event/rewrite.ts";
import { parseEntry } from "../record/entry.ts";
import { undocumentedKeys } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";

/**
 * What formats with a fixed set of fields carry in one piece, sorted by name: the unmapped keys, the
 * undocumented ones, and the address text when it was more or less than one address. Values are JSON text as
 * the source wrote it.
 */
export function additional(event: AuditEvent): readonly (readonly [key: string, json: string])[] {
  const { keys } = event;
  const undocumented = undocumentedKeys.filter((key) => keys[key] !== undefined);
  const address = event.tags.some((tag) => tag === "wandb_ip_list" || tag === "wandb_ip_invalid");
  if (undocumented.length === 0 && !address) return event.unmapped;
  const pairs: (readonly [string, string])[] = [...event.unmapped];
  // Only the record still knows whether an id was a number or a text.
  const entry = undocumented.length === 0 ? undefined : parseEntry(event.raw);
  for (const key of undocumented) {
    const written = entry?.get(key);
    if (written !== undefined) pairs.push([key, jsonOf(written)]);
  }
  if (address && keys.actor_ip !== undefined) pairs.push(["actor_ip", quote(keys.actor_ip)]);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}
