import type { AuditEvent } from "../event/event.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { anyOf, notOnTheWire, runsOf, unicodeEscape } from "../text/hostile.ts";
import { withoutLoneSurrogates, withoutWideNumbers } from "../text/json-text.ts";
import { constant, type Section, type Writer } from "../text/writer.ts";
import { object, textMember } from "./json-members.ts";
import { labelsMember } from "./labels.ts";

/**
 * The record's own text on one line, and where the output has labels these as its last member. A record that
 * is no JSON object is wrapped in one: `wandb_raw` is its text, `wandb_fault` why.
 */
export function raw(event: AuditEvent, into: Writer): void {
  const { origin } = event;
  if (event.fault !== undefined) into.text(object(faultMembers(event) + labelsMember(origin)));
  else if (origin.labels === undefined) writeRawLine(event, into);
  else {
    const section = labelled(origin);
    const begun = into.open(section);
    writeRawLine(event, into);
    into.close(section, begun);
  }
}

/** Puts the labels in front of the brace that ends the record: of two members of a name the last counts. */
const labelled = oncePerOrigin((origin): Section => {
  const member = labelsMember(origin);
  const further = constant(`${member}}`);
  const first = constant(`${member.slice(1)}}`);
  return {
    reserve: 0,
    close(into, begun) {
      const end = into.bytes.lastIndexOf(closeBrace, into.size - 1);
      let before = end - 1;
      while (before > begun && isSpace(into.bytes[before])) before -= 1;
      into.size = end;
      into.constant(into.bytes[before] === openBrace ? first : further);
      return true;
    },
  };
});

const openBrace = 0x7b;
const closeBrace = 0x7d;

/** White space between the tokens of JSON. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** How formats that splice the record carry one that is no JSON object. */
export function faultMembers(event: AuditEvent): string {
  return textMember("wandb_fault", event.fault) + textMember("wandb_raw", event.raw);
}

/** The text of a decoded record, as `rawLine` has it. */
export function writeRawLine(event: AuditEvent, into: Writer): void {
  const { asWritten } = event;
  if (asWritten?.copyable) into.whole(asWritten.memory, asWritten.from, asWritten.to);
  else into.text(rawLine(event));
}

const hostile = anyOf(notOnTheWire);
const lineBreaks = runsOf("\\u0000-\\u001f");
const runs = runsOf(notOnTheWire);

/**
 * The text of a decoded record, untouched but for what is not sent as it is: hostile characters are escaped,
 * which as JSON is the same, numbers that no double holds become strings, and half a surrogate pair U+FFFD.
 */
function rawLine({ raw }: Pick<AuditEvent, "raw">): string {
  return withoutWideNumbers(withoutLoneSurrogates(hostile.test(raw) ? harmless(raw) : raw));
}

function harmless(json: string): string {
  // Well-formed JSON has C0 controls only between its tokens.
  return json.replace(lineBreaks, (run) => " ".repeat(run.length)).replace(runs, unicodeEscape);
}
