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
        if (found !== -1) {
          expect(found).toBe(noted.get(`${generation} ${id}`));
          continue;
        }
        recent.note(...span, value);
        noted.set(`${generation} ${id}`, value);
        if (bytes.length - 4 <= 32) expect(recent.find(...span)).toBe(value);
        else expect(recent.find(...span)).toBe(-1);
      }
    }),
  );
});

it("finds nearly all of a few hundred, whatever they are, and the newest of more than it has room for", () => {
  const recent = new RecentIds();
  const idOf = (n: number) => Buffer.from(`VXNlcjo${n}`);
  const find = (n: number) => recent.find(idOf(n), 0, idOf(n).length, 1);
  for (let n = 0; n < 5_000; n++) {
    if (n === 400) {
      const found = Array.from({ length: 400 }, (_, at) => find(at));
      expect(found.filter((value, at) => value === at).length).toBeGreaterThan(390);
    }
    recent.note(idOf(n), 0, idOf(n).length, 1, n);
    expect(find(n)).toBe(n);
  }
});

it("tells apart ids of the same words that are not of one length", () => {
  const recent = new RecentIds();
  const ids = Array.from({ length: 52 * 29 }, (_, n) =>
    Buffer.alloc(4 + (n % 29), 0x41 + Math.floor(n / 29)),
  );
  for (const [n, id] of ids.entries()) {
    const found = recent.find(id, 0, id.length, 1);
    expect(found).toBe(-1);
    recent.note(id, 0, id.length, 1, n);
  }
});

it("finds nothing at first", () => {
  expect(new RecentIds().find(Buffer.from(""), 0, 0, 1)).toBe(-1);
});
