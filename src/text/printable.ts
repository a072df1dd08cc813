/** Characters a terminal or a viewer obeys instead of showing: C0 but for tab and newline, DEL, C1, separators, marks that turn the direction of text. */
const obeyed =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text in which those characters stand as `\u001b`. In JSON text, where they can only be inside strings, it means the same. */
export function printable(text: string): string {
  return text.replaceAll(
    obeyed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
