// The only place that says which characters a terminal, a viewer or a parser obeys instead of showing. Each
// set is the inside of a regular expression's class.

/** C0, DEL and C1: line ends, escape sequences. */
const controls = "\\u0000-\\u001f\\u007f-\\u009f";
/** Line and paragraph separator: some parsers end a line there. */
const separators = "\\u2028\\u2029";
/** What turns the direction of text: `txt.exe` shows as `exe.txt`. */
const directions = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";

/**
 * What no payload carries as it is (docs/mapping.md §4.2, §8.1). The other invisible characters pass: U+200D
 * joins emoji, U+200C belongs to Persian spelling, and a name must be found in the store as its owner wrote
 * it.
 */
export const notOnTheWire = controls + separators + directions;

/**
 * What nobody is shown as it is, in a terminal, a log line or a page. Also every character without a shape of
 * its own, such as U+200B to U+200D, U+FEFF and the soft hyphen, which make two names look alike, and halves
 * of characters. Needs the flag `u`.
 */
export const notForPeople = `${notOnTheWire}\\p{Cf}\\p{Cs}`;

/** Finds the characters of a set: `also` others, `but` not some. Both are the inside of a class too. */
export function anyOf(set: string, { also = "", but = "", flags = "" } = {}): RegExp {
  return new RegExp(`${but === "" ? "" : `(?![${but}])`}[${set}${also}]`, flags);
}

/** Finds runs of them: a text of nothing else asks once, and not for each. */
export function runsOf(set: string): RegExp {
  return new RegExp(`[${set}]+`, "g");
}

/** Those that were asked for: few, of which somebody may send a million. */
const escapes = new Map<number, string>();

/** `\u001b`, a pair for a character beyond U+FFFF: what JSON reads as the characters themselves. */
export function unicodeEscape(characters: string): string {
  let text = "";
  for (let at = 0; at < characters.length; at += 1) {
    const unit = characters.charCodeAt(at);
    text += escapes.get(unit) ?? newEscape(unit);
  }
  return text;
}

function newEscape(unit: number): string {
  const made = `\\u${unit.toString(16).padStart(4, "0")}`;
  escapes.set(unit, made);
  return made;
}
