import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Brackets } from "../../../src/source/wandb-log/brackets.ts";

function follow(json: string | Buffer, at = 0): Brackets {
  const brackets = new Brackets();
  const bytes = Buffer.from(json);
  brackets.push(bytes.subarray(0, at));
  brackets.push(bytes.subarray(at));
  return brackets;
}

describe("Brackets", () => {
  test("any object or list is closed at its end and nowhere before, in whatever pieces it comes", () => {
    const some = fc.jsonValue({ maxDepth: 2 });
    const value = fc.oneof(
      fc.dictionary(fc.string(), some, { maxKeys: 3 }),
      fc.array(some, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(value, (json) => {
        const bytes = Buffer.from(JSON.stringify(json));
        for (let at = 0; at < bytes.length; at++) {
          expect(follow(` ${bytes}\r `, at).closed).toBe(true);
          expect(follow(bytes.subarray(0, at)).closed).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("what stands around the value is not part of it", () => {
    for (const text of ["", "  ", "7", '"{}"', "{}{}", "{} x", "x {}", "}", "}{", '{"a":"}'])
      expect(follow(text).closed).toBe(false);
  });
});
