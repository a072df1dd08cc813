import { expect, it } from "vitest";
import { settledLacks } from "../../src/ingest/difference.ts";

const lacks = (each: Readonly<Record<string, number>>, total?: number) => ({
  total: total ?? Object.values(each).reduce((sum, lack) => sum + lack, 0),
  each: new Map(Object.entries(each)),
});

it("is what lacked before and lacks now, each as often as both times", () => {
  expect(settledLacks(lacks({ a: 2, b: 1 }), lacks({ a: 1, c: 4 }), 0)).toBe(1);
  expect(settledLacks(lacks({ a: 2 }), lacks({ b: 2 }), 0)).toBe(0);
  expect(settledLacks(lacks({}), lacks({ b: 2 }), 5)).toBe(0);
});

it("is nothing that was seen only once", () => {
  expect(settledLacks(lacks({ a: 2 }), undefined, 0)).toBe(0);
});

it("stays what was told, while so many lack, whichever they are", () => {
  expect(settledLacks(lacks({ a: 1, b: 1 }), undefined, 5)).toBe(2);
  expect(settledLacks(lacks({ a: 1, b: 1, c: 1 }), undefined, 2)).toBe(2);
});

it("goes by the number where not all of them are remembered", () => {
  expect(settledLacks(lacks({ a: 1 }, 50), lacks({ z: 1 }), 0)).toBe(1);
  expect(settledLacks(lacks({ a: 1 }, 50), lacks({}, 70), 0)).toBe(50);
});
