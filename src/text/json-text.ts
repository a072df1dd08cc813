import { anyOf, notOnTheWire, unicodeEscape } from "./hostile.ts";

const hostile = anyOf(notOnTheWire, { flags: "g" });

/**
 * A JSON string literal of one line that cannot disturb a terminal: every control, and lone surrogates, as
 * `\uXXXX` or shorter.
 */
export function quote(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return visible(JSON.stringify(text));
  }
  return `"${text}"`;
}

/**
 * Well-formed JSON on one line: without white space between its parts, and as harmless to look at as `quote`.
 * Values stay as they were written.
 */
export function withoutLineBreaks(json: string): string {
  let kept = "";
  let from = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x22) inString = !inString;
    else if (code === 0x5c) at += 1;
    else if (!inString && code <= 0x20) {
      kept += json.slice(from, at);
      from = at + 1;
    }
  }
  return visible(kept + json.slice(from));
}

/** Harmless to look at. Such characters stand only inside of strings, where JSON may escape any character. */
function visible(json: string): string {
  return json.toWellFormed().replace(hostile, unicodeEscape);
}
