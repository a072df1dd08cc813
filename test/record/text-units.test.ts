import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUnits, writeUnits } from "../../src/record/text-units.ts";

/** A string of JSON in whatever way somebody may write its characters. */
const written = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc
        .tuple(fc.integer({ min: 0, max: 0xffff }), fc.boolean())
        .map(([unit, upper]) => unit.toString(16).padStart(4, "0")[upper ? "toUpperCase" : "toLowerCase"]())
        .map((digits) => `\\u${digits}`),
      fc.constantFrom("\\/", "\\b", "\\f", "\\n", "\\r", "\\t", '\\"', "\\\\", "\\ud800", "\\udc00"),
      fc.constantFrom("\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "\u{10000}", "\u{10ffff}"),
    ),
  )
  .map((parts) => parts.join(""));

describe("units of a text", () => {
  it("are read and written as JSON.parse and JSON.stringify would", () => {
    fc.assert(
      fc.property(written, (inside) => {
        const text: string = JSON.parse(`"${inside}"`);
        const bytes = Buffer.from(`..${inside}.`);
        const units = new Uint16Array(3 + bytes.length);
        const end = readUnits(bytes, 2, bytes.length - 1, units, 3);
        expect(String.fromCharCode(...units.subarray(3, end))).toBe(text);
        const into = Buffer.alloc(bytes.length);
        const size = writeUnits(units, 3, end, into, 1);
        expect(into.toString("utf8", 1, size)).toBe(JSON.stringify(text).slice(1, -1));
      }),
      { numRuns: 1_000 },
    );
  });
});
