import type { AuditEvent } from "../event/event.ts";
import { jsonOf } from "../event/rewrite.ts";
import { place, undocumentedKeys } from "../record/known-keys.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { quote } from "../text/json-text.ts";
import { has, textOf } from "./values.ts";

const addressTags: ReadonlySet<string> = new Set(["wandb_ip_list", "wandb_ip_invalid"]);

/**
 * What formats with a fixed set of fields carry in one piece, sorted by name: the unmapped keys, the
 * undocumented ones, and the address text when it was more or less than one address. Values are JSON text as
 * the source wrote it.
 */
export function additional(event: AuditEvent): readonly (readonly [key: string, json: string])[] {
  const undocumented = undocumentedKeys.filter((key) => has(event, place[key]));
  const address = event.tags.length > 0 && event.tags.some((tag) => addressTags.has(tag));
  if (undocumented.length === 0 && !address) return event.unmapped;
  const pairs: (readonly [string, string])[] = [...event.unmapped];
  // Only the record still knows whether an id was a number or a text.
  const entry = undocumented.length === 0 ? undefined : parseEntry(Buffer.from(event.raw));
  for (const key of undocumented) {
    const written = entry?.get(key);
    if (written !== undefined) pairs.push([key, jsonOf(written)]);
  }
  if (address && has(event, place.actor_ip)) pairs.push(["actor_ip", quote(textOf(event, place.actor_ip))]);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}
