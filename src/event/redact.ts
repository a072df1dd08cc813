import { createHmac } from "node:crypto";
import type { Value } from "../record/entry.ts";
import { parseEntry } from "../record/parse-entry.ts";
import type { RedactConfig } from "../schema/output-base.ts";
import type { Secret } from "../secret/secret.ts";
import { faultEvent } from "./decode.ts";
import { entryEvent } from "./entry-event.ts";
import type { AuditEvent } from "./event.ts";
import { rewrite, withheld } from "./rewrite.ts";

/**
 * Takes personal data out of an event and out of its original text. The uid stays. Equal values get equal
 * pseudonyms, whatever their keys. Of a record that cannot be read nothing can be taken out, so its text is
 * withheld.
 */
export function redactor(config: RedactConfig): (event: AuditEvent) => AuditEvent {
  const dropped = new Set(config.drop);
  const pseudonymized = new Set(config.pseudonymize);
  if (dropped.size === 0 && pseudonymized.size === 0) return (event) => event;

  function changed(key: string, value: Value): Value | string | undefined {
    if (dropped.has(key)) return undefined;
    return pseudonymized.has(key) && config.key !== undefined ? pseudonym(value, config.key) : value;
  }

  return (event) => {
    const entry = event.fault === undefined ? parseEntry(Buffer.from(event.raw)) : undefined;
    if (entry === undefined)
      // Of an anonymised source the text is withheld already.
      return event.origin.anonymize
        ? event
        : faultEvent(withheld(event.raw), event.fault ?? "not_json", event);
    return entry.keys.some((key) => dropped.has(key) || pseudonymized.has(key))
      ? entryEvent(rewrite(entry, changed), event)
      : event;
  };
}

/** 16 bytes as a JSON string. An empty value or null says nothing about anyone and stays what it is. */
function pseudonym(value: Value, key: Secret): Value | string {
  if (value.text === "" || (value.kind === "literal" && value.text === "null")) return value;
  return `"${createHmac("sha256", key.reveal()).update(value.text).digest("hex").slice(0, 32)}"`;
}
