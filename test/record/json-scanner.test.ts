import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { maxDepth, Scanner } from "../../src/record/json-scanner.ts";

/** The one value that a text holds, or undefined when the scanner does not take the whole text for one. */
function scanned(text: string) {
  const scanner = new Scanner(Buffer.from(text));
  const value = scanner.value(0);
  return value !== undefined && scanner.peek() === -1 ? value : undefined;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("Scanner", () => {
  it.each([
    ['"plain"', { kind: "string", text: "plain", plain: true }],
    ['"a\\n\\u00e9\\ud83d\\ude00"', { kind: "string", text: "a\né😀", plain: false }],
    ['""', { kind: "string", text: "", plain: true }],
    ["-0.50E+10", { kind: "number", text: "-0.50E+10", plain: true }],
    ["9007199254740993", { kind: "number", text: "9007199254740993", plain: true }],
    [" \t\r\nnull ", { kind: "literal", text: "null", plain: true }],
    ['{"a":[1,{"b":"}"}]}', { kind: "nested", text: '{"a":[1,{"b":"}"}]}', plain: false }],
  ])("%s is a value, and keeps its digits and its nesting as they were written", (text, value) => {
    expect(scanned(text)).toEqual(value);
  });

  it.each([
    "",
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "-",
    "nul",
    "True",
    "NaN",
    "'a'",
    '"a',
    '"a\\"',
    '"a\nb"',
    '"\\x"',
    '"\\u12"',
    "{",
    '{"a":1,}',
    "[1}",
    "[1 2]",
    "\ufeff1",
    "\u00a01",
  ])("%j is none", (text) => expect(scanned(text)).toBeUndefined());

  it("takes exactly what JSON.parse takes", () => {
    const soup = fc.array(
      fc.constantFrom(...'{}[]":,\\ \n0123.eE+-truefalsn\u0000\u2028é'.split(""), "null", '"a"', '{"k":1}'),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          soup.map((parts) => parts.join("")),
        ),
        (text) => {
          expect(scanned(text) !== undefined).toBe(parses(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("does not go deeper than its limit, what is around it included", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(scanned(nested(maxDepth))?.kind).toBe("nested");
    expect(scanned(nested(maxDepth + 1))).toBeUndefined();
    expect(new Scanner(Buffer.from(nested(maxDepth))).value(1)).toBeUndefined();
    expect(scanned(nested(1_000_000))).toBeUndefined();
  });

  it("makes nothing of what is nested, be it half a million arrays", () => {
    const parse = vi.spyOn(JSON, "parse");
    onTestFinished(() => parse.mockRestore());
    const text = `[${'[],"\\n\\u00e9",'.repeat(80_000)}{"a":[1,"b",null]}]`;
    expect(scanned(text)).toEqual({ kind: "nested", text, plain: false });
    expect(parse).not.toHaveBeenCalled();
  });

  it("takes the escapes that JSON.parse takes, and no other", () => {
    const part = fc.constantFrom(
      ...'abfnrtuxU/"\\\n\u0000 é09aAfFgG',
      "\\",
      "\\u",
      "\\u00e9",
      "\\uD83D",
      "\\n",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = `"\\t${parts.join("")}"`;
        expect(scanned(text) !== undefined, text).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("looks escapes up without a call for each", () => {
    const text = `"${'\\n\\"'.repeat(80_000)}"`;
    const includes = vi.spyOn(Buffer.prototype, "includes");
    onTestFinished(() => includes.mockRestore());
    expect(new Scanner(Buffer.from(text)).pass(0)).toBe(true);
    expect(includes).not.toHaveBeenCalled();
  });

  it("takes white space of every kind within what is nested, which says nothing of the entry", () => {
    const scanner = new Scanner(Buffer.from('{"a"\t:\n[\r1 , 2 ]\n}'));
    expect(scanner.pass(1)).toBe(true);
    expect(scanner.broken).toBe(false);
  });

  it("takes signs one by one, and leaves what it was not asked for", () => {
    const scanner = new Scanner(Buffer.from('{ "key" : 1 }'));
    expect(scanner.take(0x7b)).toBe(true);
    expect(scanner.take(0x7d)).toBe(false);
    expect(scanner.peek()).toBe(0x22);
    expect(scanner.string()).toBe("key");
    expect(scanner.take(0x3a)).toBe(true);
    expect(scanner.value(1)?.text).toBe("1");
    expect(scanner.take(0x7d)).toBe(true);
    expect(scanner.peek()).toBe(-1);
  });
});
