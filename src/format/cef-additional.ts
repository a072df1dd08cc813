import { omittedKey } from "../event/cut.ts";
import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";
import { additional, isAddressOdd } from "./additional.ts";
import { codePoints } from "./cef-text.ts";
import { has } from "./values.ts";

/** Known keys that CEF has no key for: of its labelled ones there are too few. */
const withoutKey = [
  "report_asset",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
] as const;

/** Of all that has no key, the event has a report's id and nothing else. */
export function isReportAlone(event: AuditEvent): boolean {
  if (!has(event, place.report_asset) || event.fault !== undefined) return false;
  if (event.unmapped.length > 0 || isAddressOdd(event)) return false;
  return withoutKey.every((key) => key === "report_asset" || !has(event, place[key]));
}

/**
 * One JSON object of what CEF has no key for, of at most `limit` code points. When it does not fit, whole
 * keys are left out and counted: JSON is never cut.
 */
export function additionalData(event: AuditEvent, limit: number): string | undefined {
  const pairs = additional(event, withoutKey);
  if (pairs.length === 0) return undefined;
  const members = pairs.map(([key, json]) => `${quote(key)}:${json}`);
  const whole = `{${members.join(",")}}`;
  if (codePoints(whole) <= limit) return whole;
  // What was left out of the event already counts, too.
  const before = Number(pairs.find(([key]) => key === omittedKey)?.[1]) || 0;
  const room = limit - `{"${omittedKey}":${members.length + before}}`.length;
  const kept: string[] = [];
  let used = 0;
  for (const [at, member] of members.entries()) {
    if (pairs[at]?.[0] === omittedKey) continue;
    used += codePoints(member) + 1;
    if (used > room) break;
    kept.push(member);
  }
  const own = pairs.some(([key]) => key === omittedKey) ? 1 : 0;
  const omitted = members.length - own - kept.length + before;
  return `{${[...kept, `"${omittedKey}":${omitted}`].join(",")}}`;
}
