import type { Value } from "../record/entry.ts";
import { isIdKey } from "../record/known-keys.ts";
import { parseEntry } from "../record/parse-entry.ts";
import type { RedactConfig } from "../schema/redact.ts";
import { faultEvent } from "./decode.ts";
import { entryEvent } from "./entry-event.ts";
import type { AuditEvent } from "./event.ts";
import { type PseudonymKey, pseudonymKeys, pseudonymOf } from "./pseudonym.ts";
import { regularRedactor } from "./redact-regular.ts";
import { RegularEvent } from "./regular-event.ts";
import { rewrite, withheld } from "./rewrite.ts";

/** The member with the pseudonyms that other keys than the first make, by the keys that they stand for. */
const alsoKnown = "pseudonyms";
const extraTag = "wandb_schema_extra";

/**
 * Takes personal data out of an event and out of its original text. The uid stays. Equal values get equal
 * pseudonyms, whatever their keys. Of a record that cannot be read nothing can be taken out, so its text is
 * withheld.
 */
export function redactor(config: RedactConfig): (event: AuditEvent) => AuditEvent {
  const dropped = new Set(config.drop);
  const pseudonymized = new Set(config.pseudonymize);
  const [first, ...others] = pseudonymKeys(config);
  if (dropped.size === 0 && pseudonymized.size === 0) return (event) => event;

  function changed(key: string, value: Value): Value | string | undefined {
    if (dropped.has(key)) return undefined;
    if (!pseudonymized.has(key) || first === undefined || saysNothing(key, value)) return value;
    return `"${pseudonymOf(value.text, first)}"`;
  }

  /** The pseudonyms of keys that are on their way out, for those who look for them. */
  function further(entry: Members, { observed }: AuditEvent): readonly string[] {
    const made = others.filter(({ until }) => until === undefined || observed.seconds < until);
    if (made.length === 0) return [];
    const members = entry.keys.flatMap((key, at) => {
      const value = entry.values[at] as Value;
      if (!pseudonymized.has(key) || dropped.has(key) || saysNothing(key, value)) return [];
      return [`${JSON.stringify(key)}:${listOf(value, made)}`];
    });
    return members.length === 0 ? [] : [`"${alsoKnown}":{${members.join(",")}}`];
  }

  const regular = others.length === 0 ? regularRedactor(dropped, pseudonymized, first) : undefined;

  return (event) => {
    const fast = event instanceof RegularEvent ? regular?.(event) : undefined;
    if (fast !== undefined) return fast;
    const entry = event.fault === undefined ? parseEntry(Buffer.from(event.raw)) : undefined;
    if (entry === undefined)
      // Of an anonymised source the text is withheld already.
      return event.origin.anonymize
        ? event
        : faultEvent(withheld(event.raw), event.fault ?? "not_json", event);
    const members = { keys: entry.keys, values: entry.values };
    if (!members.keys.some((key) => dropped.has(key) || pseudonymized.has(key))) return event;
    const more = further(members, event);
    const redacted = entryEvent(rewrite(members, changed, more), event);
    // What we add is no key that W&B has not documented.
    return more.length === 0 || event.tags.includes(extraTag) ? redacted : withoutExtraTag(redacted);
  };
}

interface Members {
  readonly keys: readonly string[];
  readonly values: readonly Value[];
}

/** An empty value, null or an id of zero says nothing about anyone and stays what it is. */
function saysNothing(key: string, { kind, text }: Value): boolean {
  if (kind === "number") return isIdKey(key) && Number(text) === 0;
  return text === "" || (kind === "literal" && text === "null");
}

function listOf({ text }: Value, keys: readonly PseudonymKey[]): string {
  return `[${keys.map((key) => `"${pseudonymOf(text, key)}"`).join(",")}]`;
}

function withoutExtraTag(event: AuditEvent): AuditEvent {
  return Object.assign(event, { tags: event.tags.filter((tag) => tag !== extraTag) });
}
