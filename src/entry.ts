import type { Instant } from "./clock.ts";
import { knownKeyAt, knownKeys } from "./known-keys.ts";
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
  /** For each key its place in `knownKeys`, or -1. */
  readonly known: readonly number[];
  /** Looks from key to key: go over `keys` and `values` to see all of them. */
  get(key: string): Value | undefined;
}

/** The text of one record as an Entry. Undefined when it is not a JSON object, is nested deeper than 64 or has more than 4,096 keys; never throws. */
export function parseEntry(text: string): Entry | undefined {
  const scanner = new Scanner(text);
  const keys: string[] = [];
  const values: Value[] = [];
  const known: number[] = [];
  let seen = 0;
  let distinct = true;
  if (!scanner.take(openBrace)) return undefined;
  if (!scanner.take(closeBrace)) {
    do {
      if (scanner.peek() !== quotation || keys.length === maxKeys) return undefined;
      const place = knownKeyAt(text, scanner.at + 1);
      const key = place === -1 ? scanner.string()?.text : knownKeys[place];
      if (key === undefined) return undefined;
      if (place !== -1) scanner.at += key.length + 2;
      if (!scanner.take(colon)) return undefined;
      const value = scanner.value(1);
      if (value === undefined) return undefined;
      // Keys that are not known share bit 0.
      const bit = place === -1 ? 1 : 2 << place;
      if ((seen & bit) !== 0) distinct = false;
      seen |= bit;
      keys.push(key);
      values.push(value);
      known.push(place);
    } while (scanner.take(comma));
    if (!scanner.take(closeBrace)) return undefined;
  }
  if (scanner.peek() !== -1) return undefined;
  return distinct ? new ParsedEntry(text, keys, values, known) : lastValues(text, keys, values);
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
  readonly known: readonly number[];

  constructor(text: string, keys: readonly string[], values: readonly Value[], known: readonly number[]) {
    this.text = text;
    this.keys = keys;
    this.values = values;
    this.known = known;
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
  const known = [...last.keys()].map((key) => (knownKeys as readonly string[]).indexOf(key));
  return new ParsedEntry(text, [...last.keys()], [...last.values()], known);
}
