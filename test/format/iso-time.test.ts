import fc from "fast-check";
import { expect, it } from "vitest";
import { isoTime, isoTimeWriter } from "../../src/format/iso-time.ts";
import { Writer } from "../../src/text/writer.ts";

const instants = fc.record({
  seconds: fc.oneof(fc.integer({ min: 0, max: 9_223_372_036 }), fc.integer({ min: 86_390, max: 86_410 })),
  nanos: fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 1, 999, 1_000, 999_999_999)),
});

it.each([3, 6, 9] as const)(
  "writes a time of %i digits as JavaScript does, cut and not rounded",
  (digits) => {
    const text = isoTime(digits);
    const write = isoTimeWriter(digits);
    fc.assert(
      fc.property(fc.array(instants, { minLength: 1 }), (times) => {
        const into = new Writer(1);
        for (const instant of times) {
          const { seconds, nanos } = instant;
          const fraction = String(nanos).padStart(9, "0").slice(0, digits);
          const expected = new Date(seconds * 1000).toISOString().replace(".000Z", `.${fraction}Z`);
          into.clear();
          write(into, instant);
          expect([text(instant), into.toText()]).toEqual([expected, expected]);
        }
      }),
    );
  },
);
