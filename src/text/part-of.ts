import type { Part, Writer } from "./writer.ts";

/**
 * A part that says what of an event its bytes depend on alone, so that they need not be made for each: the
 * event's time, or when it was observed, which neighbours share; or its uid, as 32 hexadecimal digits.
 */
export function partOf<Event>(
  of: "time" | "observed" | "uid",
  write: (into: Writer, event: Event) => boolean,
): Part<Event> {
  return Object.assign(write, { of });
}
