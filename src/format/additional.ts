import type { AuditEvent } from "../event/event.ts";
import { jsonOf } from "../event/rewrite.ts";
import { type KnownKey, place, undocumentedKeys } from "../record/known-keys.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { quote } from "../text/json-text.ts";
import { has, textOf } from "./values.ts";

const addressTags: ReadonlySet<string> = new Set(["wandb_ip_list", "wandb_ip_invalid"]);

/**
 * What formats with a fixed set of fields carry in one piece, sorted by name: the unmapped keys, the known
 * ones that the format has no field for, and the address text when it was more or less than one address.
 * Values are JSON text as the source wrote it.
 */
export function additional(
  event: AuditEvent,
  withoutField: readonly KnownKey[] = undocumentedKeys,
): readonly (readonly [key: string, json: string])[] {
  const keys = withoutField.filter((key) => has(event, place[key]));
  const address = isAddressOdd(event);
  if (keys.length === 0 && !address) return event.unmapped;
  const pairs: (readonly [string, string])[] = [...event.unmapped];
  // Only the record still knows whether an id was a number or a text.
  const entry = keys.length === 0 ? undefined : parseEntry(Buffer.from(event.raw));
  for (const key of keys) {
    const written = entry?.get(key);
    if (written !== undefined) pairs.push([key, jsonOf(written)]);
  }
  if (address && has(event, place.actor_ip)) pairs.push(["actor_ip", quote(textOf(event, place.actor_ip))]);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `actor_ip` was more or less than one address, so its text says more than the address. */
export function isAddressOdd({ tags }: AuditEvent): boolean {
  return tags.length > 0 && tags.some((tag) => addressTags.has(tag));
}
