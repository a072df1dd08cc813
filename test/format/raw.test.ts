import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { events, eventWith, faulty } from "./arbitrary-event.ts";
import { raw } from "./texts.ts";
import { wellFormed } from "./well-formed.ts";

describe("raw", () => {
  it("is the record's own text", () => {
    const text = '{ "b":1.00,"a":9007199254740991,"a":"é😀\\u0000" }';
    expect(raw(eventWith({ raw: text }))).toBe(text);
  });

  it("has numbers that no double holds as strings of their digits", () => {
    expect(raw(eventWith({ raw: '{"a":9007199254740993,"b":[1e400]}' }))).toBe(
      '{"a":"9007199254740993","b":["1e400"]}',
    );
  });

  it("has no half of a surrogate pair", () => {
    const text = '{"a":"\\ud800","b\\uDC00":{"c":["\\ud83d\\ude00 \\\\ud800"]}}';
    expect(raw(eventWith({ raw: text }))).toBe(
      '{"a":"\\ufffd","b\\ufffd":{"c":["\\ud83d\\ude00 \\\\ud800"]}}',
    );
  });

  it("is one line when the record was more", () => {
    expect(raw(eventWith({ raw: '{\r\n\t"a": [1,\n2]\n}' }))).toBe('{   "a": [1, 2] }');
  });

  it("escapes characters that break lines or deceive readers", () => {
    expect(raw(eventWith({ raw: '{"a":"x\u2028y\u202ez\u009b"}' }))).toBe('{"a":"x\\u2028y\\u202ez\\u009b"}');
  });

  /** As JSON.parse, but numbers that no double holds as their own digits. */
  function exact(json: string): unknown {
    const reviver = (_: string, value: unknown, { source }: { source: string }) =>
      typeof value === "number" &&
      (!Number.isFinite(value) || (/^-?\d+$/.test(source) && !Number.isSafeInteger(value)))
        ? source
        : value;
    return JSON.parse(json, reviver as never);
  }

  it("means the same JSON as the record", () => {
    fc.assert(
      fc.property(events, (event) => {
        const parsed = JSON.parse(raw(event));
        expect(parsed).toEqual(
          event.fault === undefined
            ? wellFormed(exact(event.raw))
            : { wandb_fault: event.fault, wandb_raw: event.raw.toWellFormed() },
        );
      }),
      { numRuns: 300 },
    );
  });

  it("wraps a record that cannot be read", () => {
    expect(raw(faulty)).toBe('{"wandb_fault":"not_json","wandb_raw":"not json \\"at all\\"\\\\"}');
  });
});
