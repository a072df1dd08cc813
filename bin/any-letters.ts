/** A text in whatever letters, as a regular expression of Lucene: keywords are told apart by theirs. */
export function anyLetters(text: string, before = "", behind = ""): string {
  const either = text.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
  return `/${before}${either}${behind}/`;
}
