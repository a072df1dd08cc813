import type { AuditEvent } from "../event/event.ts";
import { object, textMember } from "./json-members.ts";

/** The record's own text on one line. A record that is no JSON object is wrapped in one: `wandb_raw` is its text, `wandb_fault` why. */
export function raw(event: AuditEvent): string {
  return event.fault === undefined ? rawLine(event) : object(faultMembers(event));
}

/** How formats that splice the record carry one that is no JSON object. */
export function faultMembers(event: AuditEvent): string {
  return textMember("wandb_fault", event.fault) + textMember("wandb_raw", event.raw);
}

// C0, DEL, C1, line and paragraph separators, direction controls: what breaks a line or deceives a reader.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const everyUnsafe = new RegExp(unsafe, "g");

/** The text of a decoded record, untouched but for characters that break lines or deceive readers; as JSON it stays the same. */
export function rawLine({ raw }: AuditEvent): string {
  return unsafe.test(raw) ? raw.replace(everyUnsafe, escaped) : raw;
}

function escaped(character: string): string {
  // Well-formed JSON has C0 controls only between its tokens.
  return character < " " ? " " : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
