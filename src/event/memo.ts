const longest = 256;

/**
 * `make` with a memory for texts that come again and again. Forgets everything when `capacity` different
 * texts are known, and does not remember long ones, so that no input makes it grow.
 */
export function memo<Made>(make: (text: string) => Made, capacity = 4096): (text: string) => Made {
  const known = new Map<string, Made>();
  // One event asks several times in a row.
  let lastText: string | undefined;
  let lastMade: Made;
  const remember = (text: string, made: Made) => {
    lastText = text;
    lastMade = made;
    return made;
  };
  return (text) => {
    if (text === lastText) return lastMade;
    const found = known.get(text);
    if (found !== undefined) return remember(text, found);
    if (text.length > longest) return make(text);
    if (known.size >= capacity) known.clear();
    // A copy: a piece cut out of a record would keep the whole record in memory.
    const copy = Buffer.from(text, "utf16le").toString("utf16le");
    const made = make(copy);
    known.set(copy, made);
    return remember(text, made);
  };
}
