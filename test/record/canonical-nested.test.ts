import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { canonicalNested } from "../../src/record/canonical-nested.ts";

/** JSON in whatever form somebody may write it, as a tree: its parts, and the white space around each. */
type Written = { text: string; said: string };

const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/);
const single = fc.oneof(
  fc.constantFrom(
    "true",
    "false",
    "null",
    "0",
    "-0.50E+10",
    "1e5",
    "123456789012345678901",
    '""',
    '"\u2028é😀"',
  ),
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 3 }).map((text) => `"${[...text].map(escaped).join("")}"`),
  fc.constantFrom('"\\/\\b\\u0008\\u001F\\ud800"', '"\\uD83D\\uDE00 \\u20ac"', '"\\u0041\\u00e9"'),
);
const key = fc
  .oneof(fc.constantFrom('"a"', '"b"', '"\\u0061"', '"😀"', '"\\uffff"', '""', '"__proto__"'), single)
  .filter((text) => text.startsWith('"'));

function escaped(text: string): string {
  return `\\u${text.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** What is said, the slow way: members are put in order as texts. */
function said(text: string): string {
  return text.startsWith('"') ? JSON.stringify(JSON.parse(text)) : text;
}

const { value } = fc.letrec<{ value: Written; array: Written; object: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    single.map((text) => ({ text, said: said(text) })),
    tie("array"),
    tie("object"),
  ),
  array: fc.tuple(fc.array(tie("value"), { maxLength: 5 }), space, space).map(([parts, before, after]) => ({
    text: `[${before}${parts.map(({ text }) => text).join(`${after},${before}`)}${after}]`,
    said: `[${parts.map((part) => part.said).join(",")}]`,
  })),
  object: fc
    .tuple(fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }), space, space)
    .map(([members, before, after]) => ({
      text: `{${before}${members.map(([name, { text }]) => `${name}${after}:${before}${text}`).join(`${after},${before}`)}${after}}`,
      said: `{${members
        .map(([name, part]) => [JSON.parse(name) as string, part.said] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
        .join(",")}}`,
    })),
}));

describe("canonicalNested", () => {
  it("is one text for all that say the same", () => {
    fc.assert(
      fc.property(value, ({ text, said }) => {
        expect(canonicalNested(text)).toBe(said);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [' { "b" : [ 1 , 2 ] , "a" : { } } ', '{"a":{},"b":[1,2]}'],
    ['["\\n\\\\u0041","\\\\\\/"]', '["\\n\\\\u0041","\\\\/"]'],
    ['{"b":1,"a":2,"b":0}', '{"a":2,"b":1,"b":0}'],
    ['{"\\u0062":1,"a":"\\u00e9"}', '{"a":"é","b":1}'],
    ['{"\u{1f600}":1,"\uffff":2}', '{"\u{1f600}":1,"\uffff":2}'],
    [`["${"é".repeat(40)}" ,"${"\\u00e9".repeat(40)}"]`, `["${"é".repeat(40)}","${"é".repeat(40)}"]`],
  ])("%s", (text, canonical) => {
    expect(canonicalNested(text)).toBe(canonical);
  });

  it("copies what is so already in long runs", () => {
    const stringify = vi.spyOn(JSON, "stringify");
    onTestFinished(() => stringify.mockRestore());
    const text = `[${'[1,{},"\\n"],'.repeat(80_000)}"end"]`;
    expect(canonicalNested(text) === text).toBe(true);
    expect(stringify).not.toHaveBeenCalled();
  });

  it("makes no text of a key or of an escape", () => {
    const spies = [vi.spyOn(JSON, "parse"), vi.spyOn(JSON, "stringify"), vi.spyOn(Array.prototype, "sort")];
    onTestFinished(() => spies.forEach((spy) => void spy.mockRestore()));
    const members = Array.from({ length: 20_000 }, (_, at) => `"\\u006b${(at * 7_919) % 10_007}":"\\/${at}"`);
    expect(canonicalNested(`{${members.join(",")}}`).length).toBeLessThan(members.join(",").length);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it("leaves many members of one key as they came", () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `k${(at * 7_919) % 10_007}`);
    const members = keys.map((key, at) => [key, at] as const);
    const written = (all: typeof members) => `{${all.map(([key, at]) => `"${key}":${at}`).join(",")}}`;
    const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    expect(canonicalNested(written(members)) === written(sorted)).toBe(true);
  });
});
