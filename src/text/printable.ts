import { anyOf, notForPeople, unicodeEscape } from "./hostile.ts";

/** Tab and newline may shape a text of several lines. */
const hidden = anyOf(notForPeople, { but: "\\t\\n", flags: "gu" });

/**
 * Text in which what people must not be shown stands as `\u001b`. In JSON text, where it can only be inside
 * strings, it means the same.
 */
export function printable(text: string): string {
  return text.replace(hidden, unicodeEscape);
}
