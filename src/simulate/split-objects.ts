/**
 * Takes concatenated JSON objects apart, with or without white space between.
 * What is no object comes out as one piece, for the parser to refuse.
 */
export function* splitObjects(text: string): Generator<string> {
  let start = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) {
      yield text.slice(start, at + 1).trim();
      start = at + 1;
    }
  }
  const rest = text.slice(start).trim();
  if (rest !== "") yield rest;
}
