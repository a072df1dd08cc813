/** The beginning of a foreign text, fit for a log line: control, format and line-separating characters escaped, at most `max` characters. */
export function excerpt(text: string, max = 200): string {
  const flat = text
    .slice(0, max)
    .replace(/[ \t\r\n]+/g, " ")
    .trim()
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
  return flat.length > max ? flat.slice(0, max) : flat;
}
