import { expect, it } from "vitest";
import {
  dayFolder,
  dayOfName,
  freeName,
  isLockProbe,
  plannedStem,
  stemTime,
} from "../../src/archive/names.ts";

it("a day's folder says its day", () => {
  expect(dayFolder(20_666)).toBe("year=2026/month=08/day=01/");
  expect(dayOfName(`${dayFolder(20_666)}a.ndjson.gz`)).toBe(20_666);
  expect(dayOfName(`wandb/${dayFolder(20_666)}a`)).toBe(20_666);
});

it.each(["manifests/000001.json", "year=2026/month=08/day=01", "year=2026/month=08/day=41/a"])(
  "%s stands in no day's folder",
  (name) => {
    expect(dayOfName(name)).toBeUndefined();
  },
);

it.each([
  ["lock-probe/8e6f0b3c-1d2e-4f50-8a9b-0c1d2e3f4a5b-unlocked", true],
  ["lock-probe/a.parquet", false],
  ["lock-probe/year=2026/month=08/day=01/a", false],
  ["x/lock-probe/a", false],
])("whether %s is a probe of a lock: %s", (name, isOne) => {
  expect(isLockProbe(name)).toBe(isOne);
});

it("a name says when its file was planned, or nothing", () => {
  const at = Date.parse("2026-08-01T10:15:07Z");
  expect(plannedStem(at + 999, "1b2c3d4e")).toBe("20260801T101507Z-1b2c3d4e");
  expect(stemTime(`${dayFolder(20_666)}20260801T101507Z-1b2c3d4e-2.ndjson.gz`)).toBe(at);
  for (const name of ["beside-0123456789abcdef.ndjson", "20269901T101507Z-1b2c3d4e.ndjson", "a"])
    expect(stemTime(dayFolder(20_666) + name)).toBeUndefined();
});

it("the next free name is counted up", () => {
  const taken = new Set(["d/a.x", "d/a-2.x"]);
  expect(freeName("d/", "a", ".x", (name) => taken.has(name))).toBe("d/a-3.x");
  expect(freeName("d/", "b", ".x", (name) => taken.has(name))).toBe("d/b.x");
});
