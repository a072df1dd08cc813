import { expect, it } from "vitest";
import { outputKinds } from "../../src/output/all.ts";
import { outputKindsByType } from "../../src/output/by-type.ts";

it("loads every kind of output that there is, by its type", async () => {
  const loaded = await Promise.all(
    Object.entries(outputKindsByType).map(async ([type, load]) => ({ type, kind: await load() })),
  );
  expect(loaded.map(({ type }) => type)).toEqual(outputKinds.map(({ type }) => type));
  for (const { type, kind } of loaded) {
    const { formats, example } = outputKinds.find((one) => one.type === type) ?? {};
    expect(kind).toMatchObject({ type, formats });
    expect(kind.example).toBe(example);
  }
});
