import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeLines } from "../../bench/lines.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lines-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(name: string, count: number): string {
  const file = join(folder, name);
  writeLines(file, count, "2026-08-01");
  return readFileSync(file, "utf8");
}

it("the lines of the benchmarks are the same in every run", () => {
  expect(written("second", 5_000)).toBe(written("first", 5_000));
});

it("the lines of the benchmarks are entries of one day, in order, about as long as real ones", () => {
  const text = written("day", 20_000);
  const entries = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(entries.length).toBe(20_000);
  const times = entries.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted());
  expect([times[0], times.at(-1)]).toEqual(["2026-08-01T00:00:00Z", "2026-08-01T23:59:55Z"]);
  expect(Buffer.byteLength(text) / entries.length).toBeGreaterThan(425);
  expect(Buffer.byteLength(text) / entries.length).toBeLessThan(445);
});
