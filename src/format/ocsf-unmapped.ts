import type { ActionSpec } from "../event/action-spec.ts";
import type { AuditEvent } from "../event/event.ts";
import { jsonOf } from "../event/rewrite.ts";
import { isOwn } from "../own/own-origin.ts";
import { documentedKeys, type KnownKey, knownKeys } from "../record/known-keys.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { withoutWideNumbers } from "../text/json-text.ts";
import { constant, type Part, type Writer } from "../text/writer.ts";
import { additional } from "./additional.ts";
import { beginObject, endObject, jsonMembers, memberName, object } from "./json-members.ts";
import { homeless } from "./ocsf-homes.ts";
import { productOf } from "./product.ts";
import { writeEnclosed } from "./values.ts";

const quotation = 0x22;
const comma = 0x2c;
const unmapped = memberName("unmapped");

/**
 * What has no attribute in the event's class, under W&B's own names with the values as W&B wrote them:
 * documented keys, undocumented ones, and keys that nobody knows. What this program tells of itself is one
 * object among it.
 */
export function writeUnmapped(into: Writer, event: AuditEvent, spec: ActionSpec): void {
  const begun = beginObject(into, unmapped);
  for (const key of homeless(event, spec)) {
    into.byte(comma);
    into.part(members[key] as Part<AuditEvent>, event);
  }
  const atHome = spec.objectType === "run" ? "run_asset" : "";
  const rest = additional(event).filter(([key]) => key !== atHome);
  if (rest.length > 0) {
    const texts = withoutWideNumbers(object(jsonMembers(rest)));
    if (isOwn(event.origin)) into.text(`,"${productOf(event.origin).rest}":${texts}`);
    else into.text(`,${texts.slice(1, -1)}`);
  }
  endObject(into, begun, unmapped);
}

/** Each documented key as a member without its comma; a number stays a number. */
const members = documentedKeys.map((name, key) => memberOf(name, key));

function memberOf(name: KnownKey, key: number): Part<AuditEvent> {
  const before = constant(`"${name}":`);
  const beforeText = constant(`"${name}":"`);
  return (into, event) => {
    const { asWritten } = event;
    if (asWritten?.isCopyable(key)) {
      const start = asWritten.start(key);
      if (asWritten.memory[start - 1] === quotation) writeEnclosed(into, beforeText, event, key);
      else {
        into.constant(before);
        into.text(withoutWideNumbers(asWritten.memory.toString("latin1", start, asWritten.end(key))));
      }
      return true;
    }
    // Only the record still knows whether an id was a number or a text.
    const written = parseEntry(Buffer.from(event.raw))?.get(knownKeys[key] as KnownKey);
    if (written === undefined || written.kind === "string") writeEnclosed(into, beforeText, event, key);
    else {
      into.constant(before);
      into.text(withoutWideNumbers(jsonOf(written)));
    }
    return true;
  };
}
