import fc from "fast-check";
import { expect, it } from "vitest";
import { RecentIds } from "../../../src/spool/chunk/recent-ids.ts";

it("gives back what was noted last of the same bytes in the same generation, or nothing", () => {
  const id = fc.oneof(
    fc.constantFrom("7", "07", "a", "aa", "\u0000", "x".repeat(32), "x".repeat(33)),
    fc.string(),
  );
  const step = fc.record({ id, generation: fc.integer({ min: 1, max: 3 }), value: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const recent = new RecentIds();
      const noted = new Map<string, number>();
      for (const { id, generation, value } of steps) {
        const bytes = Buffer.from(`--${id}--`);
        const span = [bytes, 2, bytes.length - 2, generation] as const;
        const found = recent.find(...span);
        if (found !== -1) expect(found).toBe(noted.get(`${generation} ${id}`));
        recent.note(...span, value);
        noted.set(`${generation} ${id}`, value);
        if (bytes.length - 4 <= 32) expect(recent.find(...span)).toBe(value);
        else expect(recent.find(...span)).toBe(-1);
      }
    }),
  );
});

it("finds nothing at first", () => {
  expect(new RecentIds().find(Buffer.from(""), 0, 0, 1)).toBe(-1);
});
