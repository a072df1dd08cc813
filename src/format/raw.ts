import type { AuditEvent } from "../event/event.ts";
import { anyOf, notOnTheWire, unicodeEscape } from "../text/hostile.ts";
import { withoutLoneSurrogates, withoutWideNumbers } from "../text/json-text.ts";
import type { Writer } from "../text/writer.ts";
import { object, textMember } from "./json-members.ts";

/**
 * The record's own text on one line. A record that is no JSON object is wrapped in one: `wandb_raw` is its
 * text, `wandb_fault` why.
 */
export function raw(event: AuditEvent, into: Writer): void {
  if (event.fault === undefined) writeRawLine(event, into);
  else into.text(object(faultMembers(event)));
}

/** How formats that splice the record carry one that is no JSON object. */
export function faultMembers(event: AuditEvent): string {
  return textMember("wandb_fault", event.fault) + textMember("wandb_raw", event.raw);
}

/** The text of a decoded record, as `rawLine` has it. */
export function writeRawLine(event: AuditEvent, into: Writer): void {
  const { asWritten } = event;
  if (asWritten?.copyable) into.whole(asWritten.bytes);
  else into.text(rawLine(event));
}

const hostile = anyOf(notOnTheWire);
const everyHostile = anyOf(notOnTheWire, { flags: "g" });

/**
 * The text of a decoded record, untouched but for what is not sent as it is: hostile characters are escaped,
 * which as JSON is the same, numbers that no double holds become strings, and half a surrogate pair U+FFFD.
 */
function rawLine({ raw }: Pick<AuditEvent, "raw">): string {
  const shown = hostile.test(raw) ? raw.replace(everyHostile, escaped) : raw;
  return withoutWideNumbers(withoutLoneSurrogates(shown));
}

function escaped(character: string): string {
  // Well-formed JSON has C0 controls only between its tokens.
  return character < " " ? " " : unicodeEscape(character);
}
