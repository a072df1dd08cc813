import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  placeOf,
  type Rotation,
  removeOld,
  rotatedFiles,
  rotatedName,
  rotationDue,
} from "../../../src/output/file/rotation.ts";

const minute = 60_000;
const rotation: Rotation = {
  ours: true,
  maxBytes: 1000,
  everyMs: 60 * minute,
  minIntervalMs: 10_000,
  keep: 2,
  minAgeMs: 0,
  maxAgeMs: undefined,
};
const at = (text: string) => Date.parse(text);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
  path = join(folder, "audit.ndjson");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a file's time is over", () => {
  const due = (
    file: { size: number; writtenAt: string; begunAt?: string },
    more: number,
    now: string,
    other = {},
  ) => {
    const times = { writtenAt: at(file.writtenAt), begunAt: at(file.begunAt ?? "1970-01-01T00:00:00Z") };
    return rotationDue({ ...rotation, ...other }, { size: file.size, ...times }, more, at(now));
  };
  const file = { size: 900, writtenAt: "2026-08-01T10:30:00Z" };

  it("before it grows too large", () => {
    expect(due(file, 100, "2026-08-01T10:31:00Z")).toBe(false);
    expect(due(file, 101, "2026-08-01T10:31:00Z")).toBe(true);
  });

  it("at the full hour, and not when the clock goes back", () => {
    expect(due(file, 1, "2026-08-01T10:59:59Z")).toBe(false);
    expect(due(file, 1, "2026-08-01T11:00:00Z")).toBe(true);
    expect(due(file, 1, "2026-08-01T09:00:00Z")).toBe(false);
    expect(due(file, 1, "2026-08-02T11:00:00Z", { everyMs: 0 })).toBe(false);
  });

  it("not before readers could have seen it, unless the clock went back", () => {
    const young = { ...file, begunAt: "2026-08-01T10:30:55Z" };
    expect(due(young, 5000, "2026-08-01T10:31:04Z")).toBe(false);
    expect(due(young, 5000, "2026-08-01T10:31:05Z")).toBe(true);
    expect(due(young, 5000, "2026-08-01T10:30:50Z")).toBe(true);
  });

  it("never while it is empty, or where others rotate", () => {
    expect(due({ ...file, size: 0 }, 5000, "2026-08-02T11:00:00Z")).toBe(false);
    expect(due(file, 5000, "2026-08-02T11:00:00Z", { ours: false })).toBe(false);
  });
});

it("names rotated files by the time, each once, so that their names are in order", async () => {
  const names: string[] = [];
  for (let count = 0; count < 12; count++) {
    const name = await rotatedName(path, at("2026-08-01T10:00:00.789Z"));
    writeFileSync(name, "");
    names.push(name);
  }
  expect(names.slice(0, 2)).toEqual([`${path}.20260801T100000Z`, `${path}.20260801T100000Z-002`]);
  expect((await rotatedFiles(path, undefined)).map((each) => each.path)).toEqual(names.reverse());
});

it("takes for rotated only what has such a name", async () => {
  for (const name of [
    "audit.ndjson",
    "audit.ndjson.1",
    "audit.ndjson.20260801T100000Z.gz",
    "audit.json.20260801T100000Z",
  ])
    writeFileSync(join(folder, name), "");
  expect(await rotatedFiles(path, undefined)).toEqual([]);
});

it("takes nothing of somebody else for rotated, and removes nothing because of it", async () => {
  const own = `${path}.20260801T080000Z`;
  writeFileSync(own, "");
  const { uid } = lstatSync(own);
  expect(await rotatedFiles(path, uid + 1)).toEqual([]);
  symlinkSync(own, `${path}.99991231T235959Z`);
  symlinkSync("/nowhere", `${path}.99991231T235959Z-002`);
  mkdirSync(`${path}.99991231T235959Z-003`);
  expect((await rotatedFiles(path, uid)).map((each) => each.path)).toEqual([own]);
  const now = at("2026-08-01T12:00:00Z");
  expect(await removeOld({ path, uid }, { ...rotation, keep: 1 }, now)).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(4);
});

it("removes the oldest beyond the count, and tells what it could not remove", async () => {
  for (const hour of ["08", "09", "10"]) writeFileSync(`${path}.20260801T${hour}0000Z`, "");
  const now = at("2026-08-01T12:00:00Z");
  expect(
    await removeOld({ path, uid: undefined }, { ...rotation, minAgeMs: 5 * 60 * minute }, now),
  ).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(3);
  expect(await removeOld({ path, uid: undefined }, rotation, now)).toBeUndefined();
  expect(readdirSync(folder)).toEqual(["audit.ndjson.20260801T090000Z", "audit.ndjson.20260801T100000Z"]);
  await removeOld({ path, uid: undefined }, { ...rotation, maxAgeMs: 150 * minute }, now);
  expect(readdirSync(folder)).toEqual(["audit.ndjson.20260801T100000Z"]);
  expect(await removeOld({ path: "/nowhere/at/all", uid: undefined }, rotation, now)).toMatch(/ENOENT/);
});

it("parts a path into folder and name", () => {
  expect(placeOf("/var/log/a.log")).toEqual({ folder: "/var/log", name: "a.log" });
  expect(placeOf("/a.log")).toEqual({ folder: "/", name: "a.log" });
});
