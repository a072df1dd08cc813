import { expect, it } from "vitest";
import { sourceKinds } from "../../src/source/all.ts";
import { sourceKindsByType } from "../../src/source/by-type.ts";

it("loads every kind of source that there is, by its type", async () => {
  const loaded = await Promise.all(
    Object.entries(sourceKindsByType).map(async ([type, load]) => [type, (await load()).type]),
  );
  expect(loaded).toEqual(sourceKinds.map(({ type }) => [type, type]));
});
