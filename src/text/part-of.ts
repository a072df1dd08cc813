import type { Depends } from "./depends.ts";
import type { Part, Writer } from "./writer.ts";

/** A part that says what of an event its bytes depend on alone, see `Depends`. */
export function partOf<Event>(of: Depends, write: (into: Writer, event: Event) => boolean): Part<Event> {
  return Object.assign(write, { of });
}
