import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const rows = readFileSync(join(root, "docs/fault-matrix.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, id, where] = /^\| ([A-Z]+-[A-Za-z0-9-]+) \| (.+) \|$/.exec(line) ?? [];
    return id === undefined || where === undefined ? [] : [{ id, where }];
  });

describe("the fault matrix", () => {
  it("names a file that plays the fault by its name, or says why none does", () => {
    const wrong = rows.flatMap(({ id, where }) => {
      const file = /^`(test\/[^`]+)`$/.exec(where)?.[1];
      if (file !== undefined)
        return readFileSync(join(root, file), "utf8").includes(id) ? [] : [`${id} is not in ${file}`];
      const named = [...where.matchAll(/`((?:test|src)\/[^`]+)`/g)].map(([, path]) => path as string);
      const missing = named.filter((path) => !existsSync(join(root, path)));
      return where.length < 10 || missing.length > 0 ? [`${id}: ${where}`] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("has every fault once", () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(130);
  });
});
