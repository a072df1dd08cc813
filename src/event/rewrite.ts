import type { Entry, Value } from "../record/entry.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { quote, withoutLineBreaks } from "../text/json-text.ts";

/** The value as JSON on one line. */
export function jsonOf(value: Value): string {
  if (value.kind === "string") return quote(value.text);
  return value.kind === "nested" ? withoutLineBreaks(value.text) : value.text;
}

/**
 * The entry written anew with other values: `change` gives JSON text in a value's place, undefined to leave
 * the key out, or the value itself to keep it as it is. Nothing of the old text stays but what is kept.
 * `further` are members as JSON that come last.
 */
export function rewrite(
  entry: Pick<Entry, "keys" | "values">,
  change: (key: string, value: Value) => Value | string | undefined,
  further: readonly string[] = [],
): Entry {
  const members: string[] = [];
  const { keys, values } = entry;
  keys.forEach((key, at) => {
    const value = values[at] as Value;
    const changed = change(key, value);
    if (changed === undefined) return;
    members.push(`${quote(key)}:${typeof changed === "string" ? changed : jsonOf(changed)}`);
  });
  const rewritten = parseEntry(Buffer.from(`{${[...members, ...further].join(",")}}`));
  if (rewritten === undefined) throw new Error("a rewritten entry is no JSON object: this is a bug");
  return rewritten;
}

/** What takes the place of a text in which nothing can be found, and so nothing removed. */
export function withheld(text: string): string {
  return `(${text.length} characters withheld: personal data cannot be removed from what cannot be read)`;
}
