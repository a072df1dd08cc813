import { describe, expect, test } from "vitest";
import { afterSeeing, otherOrganization } from "../../../../src/source/wandb-api/round/organization.ts";
import { begin, line, noon, today } from "../reading.ts";

const dayMs = 86_400_000;

describe("whose log it is", () => {
  test("is learned from the first answer that is about anybody, and grows", () => {
    expect(afterSeeing(undefined, [], noon)).toBeUndefined();
    const first = afterSeeing(undefined, ["a"], noon);
    expect(afterSeeing(first, ["b", "a"], noon)).toEqual({ known: ["b", "a"] });
    expect(otherOrganization(first)).toBeUndefined();
  });

  test("is in doubt while answers are about nobody who is known, and no longer once one is", () => {
    const doubt = afterSeeing({ known: ["a"] }, ["x"], noon);
    const later = afterSeeing(doubt, ["y"], noon + dayMs);
    expect(later).toEqual({ known: ["a"], others: { since: noon, seen: ["y", "x"] } });
    expect(otherOrganization(later)?.detail).toContain("(1)");
    expect(afterSeeing(later, [], noon)).toBe(later);
    expect(afterSeeing(later, ["a", "y"], noon)).toEqual({ known: ["a", "y"] });
  });

  test("is the other one's after a week", () => {
    const doubt = afterSeeing({ known: ["a"] }, ["x"], noon);
    expect(otherOrganization(afterSeeing(doubt, ["y"], noon + 7 * dayMs - 1))).toBeDefined();
    expect(afterSeeing(doubt, ["y"], noon + 7 * dayMs)).toEqual({ known: ["y", "x"] });
  });

  test("remembers those that were seen last", () => {
    const many = Array.from({ length: 300 }, (_, n) => `${n}`);
    expect(afterSeeing({ known: many }, ["new", "7"], noon)?.known.slice(0, 3)).toEqual(["new", "7", "0"]);
    expect(afterSeeing({ known: many }, ["new", "7"], noon)?.known).toHaveLength(256);
  });

  test("is told of a Multi-tenant source that comes to read another organization's log, and of no other", async () => {
    const own = line(today, 1, { entity_asset: 77 });
    for (const [dialect, told] of [
      ["v5-multi-tenant", true],
      ["v5", false],
    ] as const) {
      const { keeper, server } = await begin({ dialect }, [own]);
      await keeper.poll();
      server.log.shrink(today, 0);
      server.log.append(line(today, 2, { entity_asset: 900 }), line(today, 3, { entity_asset: 901 }));
      expect(await keeper.poll()).toHaveLength(2);
      expect(keeper.dones.at(-1)?.otherOrganization !== undefined).toBe(told);
      server.log.append(own);
      await keeper.poll();
      expect(keeper.dones.at(-1)?.otherOrganization).toBeUndefined();
    }
  });
});
