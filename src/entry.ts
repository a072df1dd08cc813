import type { Instant } from "./clock.ts";
import { documentedKeys, undocumentedKeys } from "./event.ts";
import { closeBrace, colon, comma, openBrace, quotation, Scanner, type Value } from "./scanner.ts";
import { parseTimestamp } from "./timestamp.ts";

export type { Value } from "./scanner.ts";

/** More is not an audit entry but an attack. */
const maxKeys = 4096;

/**
 * One record as a flat JSON object. Keys and values stand side by side in the order of the text; of a repeated key the
 * last value counts, as in `JSON.parse`. Names such as `__proto__` are data like any other.
 */
export interface Entry {
  readonly text: string;
  readonly keys: readonly string[];
  readonly values: readonly Value[];
  /** Looks from key to key: go over `keys` and `values` to see all of them. */
  get(key: string): Value | undefined;
}

/** The text of one record as an Entry. Undefined when it is not a JSON object, is nested deeper than 64 or has more than 4,096 keys; never throws. */
export function parseEntry(text: string): Entry | undefined {
  const scanner = new Scanner(text);
  const keys: string[] = [];
  const values: Value[] = [];
  let seen = 0;
  let distinct = true;
  if (!scanner.take(openBrace)) return undefined;
  if (!scanner.take(closeBrace)) {
    do {
      if (scanner.peek() !== quotation || keys.length === maxKeys) return undefined;
      const known = knownKeyAt(scanner);
      const key = known === undefined ? scanner.string()?.text : known.key;
      if (key === undefined || !scanner.take(colon)) return undefined;
      const value = scanner.value(1);
      if (value === undefined) return undefined;
      // All keys without a name of their own share bit 0.
      const bit = known === undefined ? 1 : known.bit;
      if ((seen & bit) !== 0) distinct = false;
      seen |= bit;
      keys.push(key);
      values.push(value);
    } while (scanner.take(comma));
    if (!scanner.take(closeBrace)) return undefined;
  }
  if (scanner.peek() !== -1) return undefined;
  return distinct ? new ParsedEntry(text, keys, values) : lastValues(text, keys, values);
}

/** When it happened (UTC when it names no zone); undefined when the entry does not say or says it wrongly. */
export function entryTime(entry: Entry): Instant | undefined {
  const value = entry.get("timestamp");
  return value?.kind === "string" ? parseTimestamp(value.text) : undefined;
}

class ParsedEntry implements Entry {
  readonly text: string;
  readonly keys: readonly string[];
  readonly values: readonly Value[];

  constructor(text: string, keys: readonly string[], values: readonly Value[]) {
    this.text = text;
    this.keys = keys;
    this.values = values;
  }

  get(key: string): Value | undefined {
    const at = this.keys.indexOf(key);
    return at === -1 ? undefined : this.values[at];
  }
}

function lastValues(text: string, keys: readonly string[], values: readonly Value[]): Entry {
  const last = new Map<string, Value>();
  keys.forEach((key, at) => {
    last.set(key, values[at] as Value);
  });
  return new ParsedEntry(text, [...last.keys()], [...last.values()]);
}

interface KnownKey {
  readonly key: string;
  readonly bit: number;
}

const knownKeysByLength: KnownKey[][] = Array.from({ length: 32 }, () => []);
[...documentedKeys, ...undocumentedKeys].forEach((key, at) => {
  knownKeysByLength[key.length]?.push({ key, bit: 2 << at });
});

/** Takes a known key without making a string of it. Nearly every key is one. */
function knownKeyAt(scanner: Scanner): KnownKey | undefined {
  const start = scanner.at + 1;
  const end = scanner.plainEnd(start);
  if (scanner.text.charCodeAt(end) !== quotation) return undefined;
  const candidates = knownKeysByLength[end - start];
  if (candidates === undefined) return undefined;
  for (const known of candidates) {
    if (scanner.text.startsWith(known.key, start)) {
      scanner.at = end + 1;
      return known;
    }
  }
  return undefined;
}
