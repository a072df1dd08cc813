import type { AuditEvent } from "../event/event.ts";
import { Writer } from "../text/writer.ts";

/**
 * Writes an event behind what is in `into`, and changes nothing of that. Pure: same event, same bytes. Never
 * throws, whatever the event holds. What it writes is UTF-8 and one line: it contains no CR or LF.
 */
export type Format = (event: AuditEvent, into: Writer) => void;

/** The same as text. */
export function formatted(format: Format): (event: AuditEvent) => string {
  const into = new Writer();
  return (event) => {
    into.clear();
    format(event, into);
    return into.toText();
  };
}
