import type { ActionSpec } from "./action-spec.ts";
import type { AuditEvent } from "./event.ts";

/** What has a code, or none. */
interface Coded {
  readonly code?: number | undefined;
}

/** What may have a fault. */
interface Faulty {
  readonly fault?: string;
}

/** How the request ended (docs/mapping.md §2). */
export type Outcome = "success" | "failure" | "unknown";

/**
 * Of the request: a 302 is a success here, which for `user:initiate_login` does not mean that anyone logged
 * in.
 */
export function outcomeOf(event: Coded): Outcome {
  const { code } = event;
  if (code === undefined || code < 200) return "unknown";
  return code < 400 ? "success" : "failure";
}

/** Refused for want of permission. */
export function deniedOf(event: Coded): boolean {
  return event.code === 401 || event.code === 403;
}

/** 0 to 10. A denied attempt is at least 5: a probe against a harmless object is still a probe. */
export function severityOf(event: Coded, spec: ActionSpec): number {
  if (deniedOf(event)) return Math.min(10, Math.max(spec.severity + 2, 5));
  return outcomeOf(event) === "failure" ? Math.min(10, spec.severity + 1) : spec.severity;
}

/** RFC 5424 severity, 3 to 6. */
export function syslogSeverity(severity: number): number {
  if (severity <= 3) return 6;
  if (severity <= 6) return 5;
  return severity <= 8 ? 4 : 3;
}

/** SeverityNumber and SeverityText of the OpenTelemetry log data model. */
export interface OtlpSeverity {
  readonly number: number;
  readonly text: string;
}

/** 17 and above is for errors of the server; a 403 is not one. */
export function otlpSeverity(event: AuditEvent, spec: ActionSpec): OtlpSeverity {
  const severity = severityOf(event, spec);
  if (outcomeOf(event) !== "failure") {
    if (severity <= 3) return { number: 9, text: "INFO" };
    if (severity <= 6) return { number: 10, text: "INFO2" };
    return severity <= 8 ? { number: 13, text: "WARN" } : { number: 14, text: "WARN2" };
  }
  if ((event.code ?? 0) >= 500) return { number: 17, text: "ERROR" };
  if (severity <= 6) return { number: 13, text: "WARN" };
  return severity <= 8 ? { number: 14, text: "WARN2" } : { number: 15, text: "WARN3" };
}

/**
 * `event.category`: no session began or ended when the request failed. Nothing is known of an unparseable
 * record.
 */
export function ecsCategory(event: Coded & Faulty, spec: ActionSpec): readonly string[] {
  if (event.fault !== undefined) return [];
  if (outcomeOf(event) !== "failure" || !spec.category.includes("session")) return spec.category;
  return spec.category.filter((category) => category !== "session");
}

/** `event.type`: only the category `api` knows `denied`. */
export function ecsType(event: Coded & Faulty, spec: ActionSpec): readonly string[] {
  if (event.fault !== undefined) return [];
  return deniedOf(event) && spec.category.includes("api") ? [...spec.type, "denied"] : spec.type;
}
