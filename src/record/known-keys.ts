import { documentedKeys, type KnownKey, undocumentedKeys } from "../event/event.ts";

/** Every key with a meaning of its own. An entry refers to them by their place in this list. */
export const knownKeys: readonly KnownKey[] = [...documentedKeys, ...undocumentedKeys];

const quotation = 0x22;
/** The keys are made of `_`, which comes just before `a` but one, and a to z. */
const firstLetter = 0x5f;
const letters = 28;

/** A tree of letters: for each node the node that follows with each letter, 0 when none does. Node 0 is the root. */
const next = new Uint16Array((knownKeys.join("").length + 1) * letters);
/** For each node the known key that ends there, or -1. */
const ends = new Int8Array(next.length / letters).fill(-1);
let nodes = 1;
knownKeys.forEach((key, at) => {
  let node = 0;
  for (let position = 0; position < key.length; position += 1) {
    const branch = node * letters + key.charCodeAt(position) - firstLetter;
    if (next[branch] === 0) next[branch] = nodes++;
    node = next[branch] as number;
  }
  ends[node] = at;
});

/** Which known key stands at `start` up to a quotation mark, or -1. Reads each character once and makes no string. */
export function knownKeyAt(text: string, start: number): number {
  let node = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quotation) return ends[node] as number;
    const letter = code - firstLetter;
    if (letter < 0 || letter >= letters) return -1;
    node = next[node * letters + letter] as number;
    if (node === 0) return -1;
  }
  return -1;
}
