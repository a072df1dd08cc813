import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/record/entry.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { parseAny, parseEntry } from "../../src/record/parse-entry.ts";

/** Everything an entry tells. */
function told(entry: Entry | undefined) {
  if (entry === undefined) return undefined;
  const members = Array.from({ length: entry.size }, (_, at) => [
    entry.known(at),
    entry.key(at),
    entry.form(at),
    entry.isAscii(at),
    entry.start(at),
    entry.end(at),
  ]);
  return { members, places: knownKeys.map((_, place) => entry.at(place)), regular: entry.regular };
}

const value = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    "200",
    "0",
    "01",
    "1.5",
    "-1",
    "1e3",
    "12345678901234567890",
    "true",
    "null",
    "[1]",
    "{}",
    '"',
  ),
);
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...knownKeys).map((name) => JSON.stringify(name)) },
  fc.constantFrom('"x"', '"acti\\u006fn"', '"Action"', '"actions"', '"actio"', "action", '""'),
);
const line = fc
  .tuple(
    fc.array(fc.tuple(key, fc.constantFrom(":", ":", ":", " :", ""), value), { maxLength: 20 }),
    fc.constantFrom(",", ",", ",", ", ", ",\t", ",,"),
    fc.constantFrom("", "", "", " ", "x", "\u00e9"),
  )
  .map(([members, comma, rest]) => `{${members.map((parts) => parts.join("")).join(comma)}}${rest}`);

describe("parseEntry", () => {
  it("reads what is written as usual as it reads everything else", () => {
    fc.assert(
      fc.property(line, fc.nat(3), (text, cut) => {
        const bytes = Buffer.from(text);
        const part = bytes.subarray(0, bytes.length - cut);
        expect(told(parseEntry(part))).toEqual(told(parseAny(part)));
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps entries apart whose numbers share memory, however many there are", () => {
    const lines = Array.from({ length: 3000 }, (_, at) => `{"action":"a${at}","response_code":${at}}`);
    const entries = lines.map((text) => parseEntry(Buffer.from(text)) as Entry);
    expect(entries.map((entry) => entry.get("action")?.text)).toEqual(lines.map((_, at) => `a${at}`));
  });

  it("gives the same over a copy of its bytes", () => {
    const entry = parseEntry(Buffer.from('{"action":"a","x":[1],"actor_ip":"1.2.3.4"}')) as Entry;
    const copy = entry.over(Buffer.from(entry.bytes));
    entry.bytes.fill(0);
    expect(copy.keys).toEqual(["action", "x", "actor_ip"]);
    expect(copy.get("actor_ip")?.text).toBe("1.2.3.4");
    expect(copy.at(knownKeys.indexOf("actor_ip"))).toBe(2);
  });
});
