import { expect, it } from "vitest";
import { BrokenList, ListPlace } from "../../src/bucket/list-place.ts";

it("leads from page to page, and ends where no other one follows", () => {
  const place = new ListPlace();
  for (let page = 0; page < 5000; page += 1) expect(place.after(`token ${page}`)).toBe(`token ${page}`);
  expect(place.after(undefined)).toBeUndefined();
  expect(place.after("")).toBeUndefined();
  expect(place.after("kept from before", false)).toBeUndefined();
});

it.each([
  [0, 1],
  [0, 2],
  [3, 1],
  [10, 7],
  [1000, 300],
])("notices, after %s pages, a circle of %s", (before, length) => {
  const place = new ListPlace();
  const walk = () => {
    for (let page = 0; page < 5000; page += 1)
      place.after(`token ${page < before ? page : before + ((page - before) % length)}`);
  };
  expect(walk).toThrow(BrokenList);
});

it("takes nobody's word that there is more without a place where that is", () => {
  expect(() => new ListPlace().after(undefined, true)).toThrow(BrokenList);
  expect(() => new ListPlace().after("", true)).toThrow(BrokenList);
});
