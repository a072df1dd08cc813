import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mutants } from "./system/harness/mutant-list.ts";

const root = join(import.meta.dirname, "..");

it("plants every fault of the harness in code that is there, exactly once", () => {
  const misplaced = mutants.flatMap(({ name, edits }) =>
    edits
      .filter(({ file, find }) => readFileSync(join(root, file), "utf8").split(find).length !== 2)
      .map(({ file, find }) => `${name}: ${file}: ${find}`),
  );
  expect(misplaced).toEqual([]);
});
