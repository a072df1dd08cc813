import { expect, it } from "vitest";
import { grown } from "../../src/text/grown.ts";

it("doubles up to what is usually enough", () => {
  expect(grown(64, 65, 1_000)).toBe(128);
  expect(grown(512, 513, 1_000)).toBe(1_000);
  expect(grown(64, 65, Number.POSITIVE_INFINITY)).toBe(128);
});

it("becomes as large as is needed, and by an eighth beyond what is usual", () => {
  expect(grown(64, 700, 1_000)).toBe(700);
  expect(grown(1_000, 1_001, 1_000)).toBe(1_125);
  expect(grown(1_001, 1_002, 1_000)).toBe(1_127);
  expect(grown(1_000, 5_000, 1_000)).toBe(5_000);
});

it("copies what is written a byte at a time as often as its logarithm, and not each time", () => {
  let copies = 0;
  for (let length = 64; length < 1_000_000; length = grown(length, length + 1, 1_000)) copies += 1;
  expect(copies).toBeLessThan(70);
});
