import { expect, it } from "vitest";
import { PassagePlaces, runsIn } from "../../src/ingest/passage-places.ts";

it("keeps runs of identities with numbers in a row and one digest, in their order", () => {
  const places = new PassagePlaces();
  for (const [at, digest] of [
    [5, 0],
    [6, 0],
    [7, 9],
    [8, 0],
    [8, 0],
    [2, 0],
    [3, 0],
  ] as const)
    places.note(20_000, 3, at, digest);
  expect([...runsIn(Uint32Array.from(places.numbers))]).toEqual([
    { first: 5, count: 2, digest: 0 },
    { first: 7, count: 1, digest: 9 },
    { first: 8, count: 1, digest: 0 },
    { first: 8, count: 1, digest: 0 },
    { first: 2, count: 2, digest: 0 },
  ]);
  expect([places.numbers.slice(0, 2), places.ofOneDay]).toEqual([[20_000, 3], true]);
});

it("takes many in a row as one by one", () => {
  const places = new PassagePlaces();
  places.note(20_000, 3, 5, 0, 3);
  places.note(20_000, 3, 8, 0, 2);
  places.note(20_000, 3, 12, 0, 2);
  expect(places.numbers).toEqual([20_000, 3, 5, 5, 0, 12, 2, 0]);
});

it("says where they are of several days, or numbered in several ways", () => {
  for (const [day, numbering] of [
    [20_001, 3],
    [20_000, 4],
  ] as const) {
    const places = new PassagePlaces();
    places.note(20_000, 3, 1, 0);
    places.note(day, numbering, 2, 0);
    expect(places.ofOneDay).toBe(false);
  }
});
