import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kernelModule } from "../../kernel/build.ts";

it("carries what the kernel's sources are compiled to, and nothing else", async () => {
  const carried = readFileSync(join(import.meta.dirname, "../../src/kernel/code.ts"), "utf8");
  expect(carried === (await kernelModule()), "the same; if not: npm run kernel").toBe(true);
});
