import { outcomeOf } from "../../event/derive.ts";
import type { AuditEvent } from "../../event/event.ts";
import { additional } from "../../format/additional.ts";
import { jsonMembers, object } from "../../format/json-members.ts";
import { documentedKeys } from "../../record/known-keys.ts";
import { anyOf, notOnTheWire } from "../../text/hostile.ts";

/** The documentation number (RFC 5612): operators should set their own. */
export const documentationPen = 32473;

/**
 * The structured data of a syslog message with a JSON payload (RFC 5424 §6.3): one element with the uid, the
 * outcome, the documented keys, and everything else as JSON in `unmapped`. The time stands in the header.
 */
export function structuredData(event: AuditEvent, pen: number): string {
  const { keys, code } = event;
  let params = ` uid="${parameter(event.uid)}" outcome="${outcomeOf(event)}"`;
  if (event.fault !== undefined) return `[wandb@${pen}${params} fault="${parameter(event.fault)}"]`;
  for (const key of documentedKeys) {
    if (key === "timestamp") continue;
    const value = key === "response_code" ? code?.toString() : keys[key];
    if (value !== undefined && value !== "") params += ` ${key}="${parameter(value)}"`;
  }
  const rest = additional(event);
  if (rest.length > 0) params += ` unmapped="${parameter(object(jsonMembers(rest)))}"`;
  return `[wandb@${pen}${params}]`;
}

const quoted = '"\\\\\\]';
const special = anyOf(notOnTheWire, { also: quoted });
const everySpecial = anyOf(notOnTheWire, { also: quoted, flags: "g" });

/**
 * PARAM-VALUE: `"`, `\` and `]` get a backslash (§6.3.3); what breaks lines or deceives readers becomes a
 * space.
 */
function parameter(value: string): string {
  if (!special.test(value)) return value;
  return value.replace(everySpecial, (found) =>
    found === '"' || found === "\\" || found === "]" ? `\\${found}` : " ",
  );
}
