import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slots } from "../../src/record/entry.ts";
import { escapedString, number } from "../../src/record/json-scanner.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { parseAny } from "../../src/record/parse-entry.ts";
import { readRegular } from "../../src/record/regular-entry.ts";
import { stride } from "../../src/record/span-block.ts";
import { writtenTexts } from "./written-texts.ts";

const key = fc.oneof(
  { weight: 19, arbitrary: fc.constantFrom<string>(...knownKeys) },
  fc.constantFrom("x", "acti\\u006fn", "Action", "actions", "actio", "", "artifact_assets"),
);
/** Every byte that a text may have or not have, at every place of a word. */
const character = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.integer({ min: 0x20, max: 0x7e }).filter((code) => code !== 0x22 && code !== 0x5c),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xff }) },
);
const text = fc
  .array(character, { maxLength: 40 })
  .map((codes) => Buffer.from([0x22, ...codes, 0x22]).toString("latin1"));
const value = fc.oneof(
  { weight: 9, arbitrary: text },
  { weight: 2, arbitrary: writtenTexts.map((json) => Buffer.from(json).toString("latin1")) },
  { weight: 3, arbitrary: fc.nat().map(String) },
  fc.constantFrom(
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
    "",
  ),
);
/** The bytes of a line, each once as a Latin-1 character. */
const line = fc
  .tuple(
    fc.uniqueArray(fc.tuple(key, value), { maxLength: 20, selector: ([name]) => name }),
    fc.constantFrom("", "", "", "", " ", "x", ",", '"', ',"action":"twice"'),
  )
  .map(([members, rest]) => `{${members.map(([name, written]) => `"${name}":${written}`).join(",")}${rest}}`);
const ofLog = fc.constantFrom(
  '{"timestamp":"2026-08-20T00:00:01Z","action":"user:login","actor_user_id":1042,"response_code":200}',
  '{"timestamp":"2026-08-20T00:00:01Z","action":"artifact:read","actor_email":"jörg@example.com","cli_version":""}',
  '{"timestamp":"2026-08-20T00:00:01Z","action":"report:read","report_name":"the \\"final\\" one\\\\","project_name":"\\n評"}',
);
const change = fc.record({
  at: fc.nat(),
  byte: fc.nat(255),
  kind: fc.constantFrom("set", "drop", "add", "none"),
});

function changed(bytes: Buffer, { at, byte, kind }: { at: number; byte: number; kind: string }): Buffer {
  const place = at % bytes.length;
  if (kind === "none") return bytes;
  const middle = kind === "drop" ? [] : [byte];
  return Buffer.concat([
    bytes.subarray(0, place),
    Buffer.from(middle),
    bytes.subarray(kind === "add" ? place : place + 1),
  ]);
}

/** Those that `quote` writes with one letter, and no others. */
const usualEscapes = /^(?:[^\\]|\\["\\bfnrt])*$/s;

/** The numbers of an entry, with the slots in front of them. */
function numbersOf(spans: Int32Array, base: number, size: number): number[] {
  return [...spans.subarray(base, base + slots + size * stride)];
}

/** What the scanner of all entries says, where the entry is written as nearly all are. */
function expected(bytes: Buffer): number[] | undefined {
  const entry = parseAny(bytes);
  if (entry === undefined || !entry.regular || entry.size === 0) return undefined;
  const members = Array.from({ length: entry.size }, (_, at) => {
    const [form, start, end] = [entry.form(at), entry.start(at), entry.end(at)];
    const written = bytes.toString("latin1", start, end);
    if (form === escapedString && (!entry.key(at).endsWith("_name") || !usualEscapes.test(written)))
      return "";
    if (form > number || (form === number && !/^\d+$/.test(written))) return "";
    return `"${entry.key(at)}":${form === number ? written : `"${written}"`}`;
  });
  if (`{${members.join(",")}}` !== bytes.toString("latin1")) return undefined;
  return numbersOf(entry.spans, entry.base, entry.size);
}

/** Memory with the bytes somewhere in it, and the room behind them. */
function placed(bytes: Buffer, before: number, behind: Buffer): Buffer {
  const memory = new Uint8Array(Buffer.concat([Buffer.alloc(before, '{"'), bytes, behind]));
  return Buffer.from(memory.buffer, before, bytes.length);
}

function read(bytes: Buffer): number[] | undefined {
  const spans = new Int32Array(7 + slots + knownKeys.length * stride);
  const size = readRegular(bytes, spans, 7);
  return size === -1 ? undefined : numbersOf(spans, 7, size);
}

describe("an entry that is written as nearly all are", () => {
  it("is read as the scanner of all entries reads it, and no other is, wherever it stands", () => {
    let regular = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          line,
          ofLog.map((text) => Buffer.from(text).toString("latin1")),
        ),
        change,
        fc.nat(9),
        fc.nat(64),
        (latin1, how, before, behind) => {
          const bytes = changed(Buffer.from(latin1, "latin1"), how);
          const wanted = expected(bytes);
          if (wanted !== undefined) regular++;
          expect(read(placed(bytes, before, bytes.subarray(0, behind)))).toEqual(wanted);
        },
      ),
      { numRuns: 10_000 },
    );
    expect(regular).toBeGreaterThan(1_000);
  });

  it("has all its bytes: what stands behind them is none of it, and there may be nothing", () => {
    const whole = Buffer.from(
      '{"action":"user:login","response_code":200,"artifact_sequence_asset":"abcdefgh"}',
    );
    for (let to = 0; to < whole.length; to++) {
      // What was read last is still there, behind what is read next.
      expect(read(whole)).toBeDefined();
      for (let end = to; end < whole.length; end++) {
        const exact = new Uint8Array(whole.subarray(0, end)).buffer;
        expect(read(Buffer.from(exact, 0, to)), `${to} of ${end}`).toBeUndefined();
      }
    }
  });

  it("may have any byte of any text at any place, and its end behind so many", () => {
    for (let code = 0; code < 256; code++)
      for (let at = 0; at < 9; at++) {
        const bytes = Buffer.from(`{"action":"${"a".repeat(at)}?${"b".repeat(8 - at)}"}`);
        bytes[11 + at] = code;
        expect(read(bytes), `${code} at ${at}`).toEqual(expected(bytes));
      }
  });
});
