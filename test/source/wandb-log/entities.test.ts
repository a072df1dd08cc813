import { expect, test } from "vitest";
import { parseEntry } from "../../../src/record/parse-entry.ts";
import { Entities } from "../../../src/source/wandb-log/entities.ts";
import { keptMemory } from "../../fake/kept-memory.ts";

/** The digests of what these entries are about. */
function digests(...entries: readonly Record<string, unknown>[]): string[] {
  const entities = new Entities();
  for (const each of entries) {
    const entry = parseEntry(Buffer.from(JSON.stringify(each)));
    if (entry !== undefined) entities.see(entry);
  }
  return entities.digests();
}

test("teams are told by their id, or else by their name, each once", () => {
  const [vision, nlp, ...none] = digests(
    { entity_asset: 77, entity_name: "vision-team" },
    { entity_asset: "77", entity_name: "renamed" },
    { entity_name: "nlp-team", entity_asset: null },
    { entity_asset: 0 },
    { action: "user:login" },
  );
  expect(none).toEqual([]);
  expect([vision, nlp]).toEqual([digests({ entity_asset: 77 })[0], digests({ entity_name: "nlp-team" })[0]]);
  expect(vision).toMatch(/^[0-9a-f]{10}$/);
});

test("however many there are, they take little room", () => {
  expect(digests(...Array.from({ length: 5000 }, (_, n) => ({ entity_asset: n + 1 })))).toHaveLength(512);
});

test("names that are nearly all of a record take no more", () => {
  const entities = new Entities();
  const see = (name: string) => {
    const entry = parseEntry(Buffer.from(JSON.stringify({ action: "user:login", entity_name: name })));
    if (entry !== undefined) entities.see(entry);
  };
  const before = keptMemory();
  const long = "e".repeat(100_000);
  for (let n = 0; n < 400; n += 1) see(`${n}${long}`);
  see(`0${long}`);
  expect(keptMemory() - before).toBeLessThan(4_000_000);
  expect(entities.digests()).toHaveLength(400);
});
