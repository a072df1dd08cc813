import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Entry, entryTime } from "../../src/record/entry.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

function read(text: string): Entry {
  const entry = parseEntry(Buffer.from(text));
  if (entry === undefined) throw new Error(`not an entry: ${text}`);
  return entry;
}

/** What an entry says, in the terms of JSON.parse. */
function plainObject(entry: Entry): Map<string, unknown> {
  return new Map(
    entry.keys.map((key, at) => {
      const value = entry.values[at];
      return [key, value?.kind === "string" ? value.text : JSON.parse(value?.text ?? "")];
    }),
  );
}

function oracle(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function sorted(map: Map<string, unknown>): [string, unknown][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function agrees(written: string): void {
  const text = written.toWellFormed();
  const expected = oracle(text);
  const entry = parseEntry(Buffer.from(text));
  expect(entry === undefined, text).toBe(expected === undefined);
  if (entry !== undefined && expected !== undefined)
    expect(sorted(plainObject(entry))).toEqual(sorted(expected));
}

const numberText = fc.constantFrom(
  "0",
  "-0",
  "9007199254740993",
  "1e400",
  "-1E-7",
  "200.0",
  "0.10000000000000001",
  "42",
);
const space = fc.constantFrom("", "", " ", "\t", "\r\n", "  ");
const stringText = fc.string({ unit: "binary" }).map((text) => JSON.stringify(text));
const escapedText = fc
  .array(
    fc.constantFrom("\\u0041", "\\ud83e\\uddea", "\\ud800", "\\n", '\\"', "\\\\", "\\/", "é", "\u2028", "x"),
  )
  .map((parts) => `"${parts.join("")}"`);
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    numberText,
    stringText,
    escapedText,
    fc.constantFrom("true", "false", "null"),
    fc
      .array(fc.tuple(space, tie("json"), space), { maxLength: 3 })
      .map((items) => `[${items.map((item) => item.join("")).join(",")}]`),
    fc
      .array(fc.tuple(space, stringText, space, tie("json")), { maxLength: 3 })
      .map((members) => objectText(members)),
  ),
}));
/**
 * Keys with a backslash in them are tried apart: V8 13.6 takes an escaped key for one of an object before that is
 * called like its first characters as they are written, so that "\u0041" may be read as a backslash.
 */
const keyText = fc
  .oneof(
    fc
      .constantFrom(
        "timestamp",
        "action",
        "actor_user_id",
        "run_asset",
        "__proto__",
        "constructor",
        "length",
        "0",
        "",
      )
      .map((key) => JSON.stringify(key)),
    stringText,
    escapedText,
  )
  .filter((text) => !JSON.parse(`[${text}]`)[0].includes("\\"));
const entryText = fc
  .array(fc.tuple(space, keyText, space, json), { maxLength: 8 })
  .chain((members) => fc.tuple(space, space).map(([before, after]) => before + objectText(members) + after));

function objectText(members: readonly (readonly [string, string, string, string])[]): string {
  return `{${members.map(([before, key, after, value]) => `${before}${key}${after}:${after}${value}${before}`).join(",")}}`;
}

describe("parseEntry", () => {
  test("reads every object as JSON.parse does", () => {
    fc.assert(fc.property(entryText, agrees), { numRuns: 1000 });
  });

  test("reads keys with a backslash in them", () => {
    const entry = parseEntry(Buffer.from('{"\\\\":1,"\\"\\u0041":2,"a\\\\\\"b":3}'));
    expect(entry?.keys).toEqual(["\\", '"A', 'a\\"b']);
  });

  test("accepts a damaged object exactly when JSON.parse does", () => {
    const damaged = fc
      .tuple(
        entryText,
        fc.nat(),
        fc.constantFrom(
          "",
          '"',
          "\\",
          ",",
          "{",
          "}",
          "[",
          "]",
          ":",
          "0",
          "-",
          ".",
          "e",
          "\u0000",
          "\n",
          "t",
          " ",
        ),
        fc.nat(2),
      )
      .map(([text, place, insert, cut]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + insert + text.slice(at + cut);
      });
    fc.assert(fc.property(damaged, agrees), { numRuns: 2000 });
  });

  test("accepts any text exactly when JSON.parse does", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), agrees));
    for (const text of [
      "",
      " ",
      "{}",
      "{}x",
      "[]",
      "null",
      '"a"',
      "1",
      "{",
      '{"a"}',
      '{"a":1,}',
      "{,}",
      "\ufeff{}",
      '{"a":01}',
    ])
      agrees(text);
  });

  test("keeps numbers as they were written", () => {
    const entry = read('{"a":9007199254740993,"b":1e400,"c":-0,"d":200.0,"e":0.10000000000000001}');
    expect(entry.values.map((value) => value.text)).toEqual([
      "9007199254740993",
      "1e400",
      "-0",
      "200.0",
      "0.10000000000000001",
    ]);
  });

  test("takes the last of repeated keys, known or not", () => {
    const entry = read('{"action":"a","x":1,"action":"b","x":2,"y":[1, 2]}');
    expect(entry.keys).toEqual(["action", "x", "y"]);
    expect(entry.values.map((value) => value.text)).toEqual(["b", "2", "[1, 2]"]);
  });

  test("knows a key however it is written", () => {
    const entry = read(String.raw`{"action":"a","\u0061ction":"b","time\u0073tamp":"2026-08-01T00:00:00Z"}`);
    expect(entry.keys).toEqual(["action", "timestamp"]);
    expect(entry.get("action")?.text).toBe("b");
    expect(entryTime(entry)?.seconds).toBe(1_785_542_400);
  });

  test("treats the names of object properties as data", () => {
    const entry = read('{"__proto__":{"polluted":1},"constructor":2,"toString":3,"length":4,"7":5}');
    expect(entry.keys).toEqual(["__proto__", "constructor", "toString", "length", "7"]);
    expect(entry.get("__proto__")?.text).toBe('{"polluted":1}');
    expect(entry.get("hasOwnProperty")).toBeUndefined();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("accepts 64 levels and refuses 65, 5,000 and 1,000,000", () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;
    expect(parseEntry(Buffer.from(nested(64)))).toBeDefined();
    for (const depth of [65, 5_000, 1_000_000]) {
      expect(parseEntry(Buffer.from(nested(depth)))).toBeUndefined();
      expect(
        parseEntry(Buffer.from(`{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`)),
      ).toBeUndefined();
    }
  });

  test("accepts 4,096 keys and refuses more", () => {
    const wide = (count: number) =>
      `{${Array.from({ length: count }, (_, at) => `"k${at}":${at}`).join(",")}}`;
    expect(parseEntry(Buffer.from(wide(4096)))?.keys).toHaveLength(4096);
    expect(parseEntry(Buffer.from(wide(4097)))).toBeUndefined();
    expect(parseEntry(Buffer.from(wide(100_000)))).toBeUndefined();
  });
});

describe("entryTime", () => {
  test("is the timestamp when it is a valid string", () => {
    expect(entryTime(read('{"timestamp":"1970-01-02T00:00:01.5Z"}'))).toEqual({
      seconds: 86_401,
      nanos: 500_000_000,
    });
  });

  test("is absent for a missing, empty, null, numeric or nested timestamp", () => {
    for (const value of ['""', "null", "1785589934", "true", "[]", '"yesterday"'])
      expect(entryTime(read(`{"timestamp":${value}}`))).toBeUndefined();
    expect(entryTime(read("{}"))).toBeUndefined();
  });
});
