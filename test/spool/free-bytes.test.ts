import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { freeBytes } from "../../src/spool/free-bytes.ts";

it("is what df calls available", () => {
  const { stdout } = spawnSync("df", ["--output=avail", "-B1", "."], { encoding: "utf8" });
  const available = Number(stdout.trim().split(/\s+/).at(-1));
  // Others write to this disk too.
  expect(Math.abs(freeBytes(".") - available)).toBeLessThan(1e9);
  expect(() => freeBytes("./not-there")).toThrow(/ENOENT/);
});
