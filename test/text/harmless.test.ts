import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHarmless } from "../../src/text/harmless.ts";
import { anyOf, notOnTheWire } from "../../src/text/hostile.ts";

const hostile = anyOf(notOnTheWire);
const harmless = (bytes: Buffer) => isHarmless(bytes, 0, bytes.length);

describe("isHarmless", () => {
  it("says of every character what `notOnTheWire` says", () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 37) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const bytes = Buffer.from(`a${character}b`);
      if (harmless(bytes) === hostile.test(character)) expect.fail(`U+${code.toString(16)}`);
    }
  });

  it("is false for whatever is no UTF-8, as a strict decoder tells", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 6 }).map((list) => Buffer.from(list)),
      fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom("c0af", "e08080", "eda080", "f4908080", "f08080ff", "c3", "e282", "f09f98")
        .map((hex) => Buffer.from(hex, "hex")),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 4 }), (list) => {
        const bytes = Buffer.concat(list);
        let text: string | undefined;
        try {
          text = strict.decode(bytes);
        } catch {}
        expect(harmless(bytes)).toBe(text !== undefined && !hostile.test(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("looks at nothing outside of its part", () => {
    const bytes = Buffer.from("\n\u202eé\u0000");
    expect(isHarmless(bytes, 4, 6)).toBe(true);
    expect(isHarmless(bytes, 4, 5)).toBe(false);
  });
});
