import type { AuditEvent } from "../event/event.ts";
import { quote } from "../text/json-text.ts";
import { additional } from "./additional.ts";
import { codePoints } from "./cef-text.ts";

/**
 * One JSON object of what CEF has no key for, of at most `limit` code points. When it does not fit, whole
 * keys are left out and counted: JSON is never cut.
 */
export function additionalData(event: AuditEvent, limit: number): string | undefined {
  const pairs = additional(event);
  if (pairs.length === 0) return undefined;
  const members = pairs.map(([key, json]) => `${quote(key)}:${json}`);
  const whole = `{${members.join(",")}}`;
  if (codePoints(whole) <= limit) return whole;
  const room = limit - `{"_omitted":${members.length}}`.length;
  const kept: string[] = [];
  let used = 0;
  for (const member of members) {
    used += codePoints(member) + 1;
    if (used > room) break;
    kept.push(member);
  }
  return `{${[...kept, `"_omitted":${members.length - kept.length}`].join(",")}}`;
}
