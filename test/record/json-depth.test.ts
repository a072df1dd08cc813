import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { depthOfObject } from "../../src/record/json-depth.ts";

/** The slow way: how deep what was parsed is; 0 where it is no object. */
function slowly(text: string): number {
  const depthOf = (value: unknown): number =>
    typeof value !== "object" || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf));
  try {
    const value: unknown = JSON.parse(text);
    return typeof value !== "object" || value === null || Array.isArray(value) ? 0 : depthOf(value);
  } catch {
    return 0;
  }
}

const depth = (text: string) => depthOfObject(Buffer.from(text));
const parts = '{}[],:"a 1\n'
  .split("")
  .concat('"k":', "[]", "{}", "null", '{"a":', "[1,2]", '"\\n"', "-1.5e3");

describe("how deep an object is", () => {
  it("is what JSON.parse makes of it, and nothing where that refuses", () => {
    const broken = fc
      .tuple(fc.jsonValue(), fc.nat(), fc.constantFrom(...parts, ""))
      .map(([value, at, part]) => {
        const text = `{"a":${JSON.stringify(value, null, at % 2)}}`;
        const place = at % (text.length + 1);
        return text.slice(0, place) + part + text.slice(place + (at % 3 === 0 ? 1 : 0));
      });
    const any = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((all) => `{"k":${all.join("")}`);
    fc.assert(
      fc.property(fc.oneof(broken, any), (text) => {
        const known = slowly(text);
        // Of a repeated key JSON.parse keeps the last value alone.
        expect(known === 0 ? depth(text) === 0 : depth(text) >= known, text).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it("has no limit, and nothing is made of what is inside", () => {
    const parse = vi.spyOn(JSON, "parse");
    onTestFinished(() => parse.mockRestore());
    const levels = 400_000;
    const pairs = `${'{"":['.repeat(levels)}${"]}".repeat(levels)}`;
    expect(depth(pairs)).toBe(2 * levels);
    expect(depth(pairs.slice(0, -1))).toBe(0);
    expect(depth(`{"a":[${'{"b":[{}]},'.repeat(50_000)}1],"c":{}}\r\n`)).toBe(5);
    expect(parse).not.toHaveBeenCalled();
  });
});
