import { cutsOf } from "../../event/cut.ts";
import type { AuditEvent } from "../../event/event.ts";
import type { Format } from "../../format/format.ts";
import { Writer } from "../../text/writer.ts";

/**
 * The event with as little left out as makes its message take at most `most` octets. Where that cannot be,
 * with all left out that may be.
 */
export function fittingEvent(message: Format, most: number): (event: AuditEvent) => AuditEvent {
  const into = new Writer();
  const fits = (event: AuditEvent) => {
    into.clear();
    message(event, into);
    return into.size <= most;
  };
  return (event) => {
    const { steps, after } = cutsOf(event);
    let [low, high] = [1, steps];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (fits(after(middle))) high = middle;
      else low = middle + 1;
    }
    return after(low);
  };
}

/** The message, of an event that fits where it would be longer. */
export function fittedMessage(message: Format, most: number): Format {
  const fitting = fittingEvent(message, most);
  return (event, into) => {
    const { size } = into;
    message(event, into);
    if (into.size - size <= most) return;
    into.takeBack(size);
    message(fitting(event), into);
  };
}
