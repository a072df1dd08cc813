import { isoTimeWriter } from "../../format/iso-time.ts";
import type { Instant } from "../../time/clock.ts";

/** The facilities by name (RFC 5424 §6.2.1); the place is the code. */
export const facilities = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "log_audit",
  "log_alert",
  "clock",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
] as const;
/** A facility by its name. */
export type Facility = (typeof facilities)[number];

/**
 * `HOSTNAME APP-NAME PROCID MSGID `, which stands between TIMESTAMP and STRUCTURED-DATA (RFC 5424 §6); fields
 * that `printUsAscii` made.
 */
export function rest5424(hostname: string, appName: string, messageId: string): string {
  return `${hostname} ${appName} - ${messageId} `;
}

/**
 * PRINTUSASCII of at most `max` characters (RFC 5424 §6): every other character becomes `_`. Nothing left is
 * the nil value.
 */
export function printUsAscii(text: string, max: number): string {
  const clean = /^[!-~]*$/.test(text) ? text : text.replace(/[^!-~]/gu, "_");
  return clean === "" ? "-" : clean.slice(0, max);
}

/** TIMESTAMP, in UTC; microseconds are the most that RFC 5424 §6.2.3 allows. */
export const writeTimestamp5424 = isoTimeWriter(6);

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Aug  1 13:12:14`, in UTC: the day is padded with a space, the month is English (RFC 3164 §4.1.2). */
export function timestamp3164({ seconds }: Instant): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${months[date.getUTCMonth()]} ${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}
