import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decoder, type Ending } from "../../../src/source/wandb-log/decoder.ts";

interface Decoded {
  records: string[];
  long: string[];
  ending: Ending;
}

function decode(chunks: readonly Buffer[], maxBytes = 1 << 20): Decoded {
  const records: string[] = [];
  const long: string[] = [];
  const decoder = new Decoder(
    {
      record(bytes) {
        records.push(bytes.toString("latin1"));
        return "whole";
      },
      tooLong: (bytes) => void long.push(bytes.toString("latin1")),
    },
    maxBytes,
  );
  for (const chunk of chunks) decoder.push(chunk);
  return { ending: decoder.end(), records, long };
}

function cut(body: Buffer, at: readonly number[]): Buffer[] {
  const points = [...new Set(at.map((point) => point % (body.length + 1)))].sort((a, b) => a - b);
  return [0, ...points].map((from, index) => body.subarray(from, points[index] ?? body.length));
}

const nasty = String.raw`{"timestamp":"2026-08-01T00:00:00Z","a":"br]ack}et\" \\","n":{"x":[1,{"y":"}"}]},"ü":"欠陥 🧪 \u2028"}`;
const bodies: Record<string, string> = {
  ndjson: `${nasty}\n{"b":2}\n\n{"c":"\r"}\r\n${nasty}`,
  "ndjson with a mark": `\uFEFF\r\n${nasty}\r\n{"b":2}\r\n`,
  "ndjson with a mark after white space": `\r\n\uFEFF \uFEFF${nasty}\n`,
  "a mark after white space": "\f\b\uFEFF",
  array: `[ ${nasty} ,\n{"b":2}, 7, "x\\"]", null,[1,[2]]\n]\n`,
  envelope: `{"audit_logs":[${nasty},{"b":2},${nasty}],"count":3,"next_cursor":"a\\"]}b"}`,
  "pretty envelope": `{\n  "range_start_time": "2026-08-01T00:00:00Z",\n  "other": {"audit_logs": [1]},\n  "audit_logs": [\n    ${nasty},\n    {"b":2},\n  ],\n  "next_cursor": null\n}\n`,
  "empty envelope": `{"count":0,"audit_logs":[],"next_cursor":null}`,
  "null envelope": `{"audit_logs":null,"count":0,"next_cursor":null}`,
  "envelope without logs": ` {"count":0,"next_cursor":null} `,
  null: " null\n",
  "pretty error": '{\n  "error": "x",\n  "code": 5\n}\n',
  page: "  <!doctype html><html></html>",
  words: "internal error",
  nothing: "",
  blank: " \n\r\n",
};

describe("Decoder", () => {
  test.each(Object.entries(bodies))("gives the same for %s wherever the body is cut", (_, text) => {
    const body = Buffer.from(text);
    const whole = decode([body]);
    for (let at = 0; at <= body.length; at++)
      expect(decode([body.subarray(0, at), body.subarray(at)])).toEqual(whole);
    expect(decode([...body].map((byte) => Buffer.from([byte])))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (points) => {
        expect(decode(cut(body, points))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test("any entries come out as they went in, in every form", () => {
    const entry = fc
      .dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 5 })
      .map((object) => JSON.stringify({ timestamp: "x", ...object }));
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1 }),
        fc.array(fc.nat()),
        fc.constantFrom("\n", "  \n"),
        (entries, points, space) => {
          const bytes = entries.map((text) => Buffer.from(text).toString("latin1"));
          const read = (text: string) => decode(cut(Buffer.from(text), points)).records;
          expect(read(entries.join("\n"))).toEqual(bytes);
          expect(read(`[${entries.join(`,${space}`)}]`)).toEqual(bytes);
          expect(read(`{${space}"audit_logs":${space}[${entries.join(`${space},`)}]}`)).toEqual(bytes);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("never throws, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array()),
        fc.constantFrom("", "{", "[", '{"audit_logs":[', '{"a":1}\n'),
        (chunks, begin) => {
          decode([Buffer.from(begin), ...chunks.map((chunk) => Buffer.from(chunk))], 64);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("says how each body ended", () => {
    const ending = (name: string) => decode([Buffer.from(bodies[name] as string)]).ending;
    expect(ending("ndjson")).toEqual({ form: "ndjson", lastLine: "whole" });
    expect(ending("ndjson with a mark")).toEqual({ form: "ndjson", lastLine: "ended" });
    expect(ending("envelope")).toEqual({
      form: "envelope",
      frame: { audit_logs: [], count: 3, next_cursor: 'a"]}b' },
    });
    expect(ending("array")).toEqual({ form: "envelope", frame: [] });
    expect(ending("null envelope")).toMatchObject({ form: "envelope", frame: { audit_logs: null } });
    expect(ending("envelope without logs")).toMatchObject({ form: "envelope", frame: { count: 0 } });
    expect(ending("null")).toMatchObject({ form: "envelope" });
    expect(ending("page")).toMatchObject({ form: "foreign", head: expect.stringContaining("<!doctype") });
    expect(ending("words")).toMatchObject({ form: "foreign", head: "internal error" });
    expect(ending("nothing")).toEqual({ form: "nothing" });
    expect(ending("blank")).toEqual({ form: "nothing" });
  });

  test("an envelope that is cut anywhere is not whole", () => {
    const body = Buffer.from(bodies.envelope as string);
    for (let at = 16; at < body.length; at++)
      expect(decode([body.subarray(0, at)]).ending).toEqual({ form: "envelope", frame: undefined });
    expect(decode([body, Buffer.from("{}")]).ending).toEqual({ form: "envelope", frame: undefined });
  });

  test("a first line that is malformed is still a line", () => {
    const { records, ending } = decode([Buffer.from('{"a":{"b":1}\n{"c":2}\n')]);
    expect(records).toEqual(['{"a":{"b":1}', '{"c":2}']);
    expect(ending.form).toBe("ndjson");
  });

  test("a record over the limit is cut and told apart from another with the same beginning", () => {
    const long = (end: string) => `{"a":"${"x".repeat(100)}${end}"}`;
    for (const text of [
      `{"b":1}\n${long("1")}\n${long("2")}\n{"b":2}`,
      `[{"b":1},${long("1")},${long("2")},{"b":2}]`,
    ])
      for (const size of [1, 7, 64, 1000]) {
        const body = Buffer.from(text);
        const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
          body.subarray(at * size, (at + 1) * size),
        );
        const decoded = decode(chunks, 50);
        expect(decoded.records).toEqual(['{"b":1}', '{"b":2}']);
        expect(decoded.long).toHaveLength(2);
        expect(decoded.long[0]).toMatch(/^\{"a":"x{44} \[cut: 109 bytes, sha256 [0-9a-f]{64}\]$/);
        expect(decoded.long[0]).not.toBe(decoded.long[1]);
      }
  });
});
