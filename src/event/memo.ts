import { kept } from "../text/writer.ts";

const longest = 256;

/**
 * `make` with a memory for texts that come again and again. Forgets everything when `capacity` different
 * texts are known, and does not remember long ones, so that no input makes it grow.
 */
export function memo<Made>(make: (text: string) => Made, capacity = 1024): (text: string) => Made {
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

/**
 * `make` with a memory for the last text alone, however long: what is dear to make of a long one, for which
 * one event asks several times in a row. Keeps up to a record in memory.
 */
export function lastMemo<Made>(make: (text: string) => Made): (text: string) => Made {
  let last: { readonly text: string; readonly made: Made } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, made: make(text) };
    return last.made;
  };
}

/** `make` with a memory for few keys: it begins anew when there are more. */
export function smallMemo<Key, Made>(make: (key: Key) => Made, capacity = 32): (key: Key) => Made {
  const known = new Map<Key, Made>();
  return (key) => {
    let made = known.get(key);
    if (made === undefined) {
      if (known.size >= capacity) known.clear();
      made = make(key);
      known.set(key, made);
    }
    return made;
  };
}

/** Longer ones hardly come again. */
const longestBytes = 64;

interface Remembered<Made> {
  readonly bytes: Buffer;
  readonly made: Made;
}

/**
 * The same for texts that stand in bytes, which are only made into a text where they are not remembered. Each
 * text has one of `places` (a power of two), where the one that came last is remembered.
 */
export function byteMemo<Made>(
  make: (text: string) => Made,
  places = 4096,
): (bytes: Buffer, start: number, end: number) => Made {
  const known = new Array<Remembered<Made> | undefined>(places);
  return (bytes, start, end) => {
    const length = end - start;
    if (length > longestBytes) return make(bytes.toString("utf8", start, end));
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const found = known[place];
    if (found !== undefined && isKept(found.bytes, bytes, start, length)) return found.made;
    const made = make(bytes.toString("utf8", start, end));
    known[place] = { bytes: kept(bytes.subarray(start, end)), made };
    return made;
  };
}

function isKept(kept: Buffer, bytes: Buffer, start: number, length: number): boolean {
  if (kept.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (kept[at] !== bytes[start + at]) return false;
  return true;
}
