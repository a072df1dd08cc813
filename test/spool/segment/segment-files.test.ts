import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { segmentFiles, segmentPaths, setAsideSegments } from "../../../src/spool/segment/segment-files.ts";
import type { SegmentPlace, Segments } from "../../../src/spool/segment/segments.ts";
import { stateFiles } from "../../../src/spool/state-directory.ts";
import { areDirect } from "../../fake/direct-files.ts";

const mebibyte = 1024 * 1024;
let directory: string;
let segments: Segments;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "segments-"));
  segments = segmentFiles(stateFiles(directory));
});
afterEach(() => {
  segments.close();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string) => join(directory, name);
const names = () => readdirSync(directory).sort();
const openFiles = () => readdirSync("/proc/self/fd").length;

it("give back what an earlier version wrote, by its CRC-32", () => {
  for (const size of [5_000, mebibyte]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
    const place = segments.append(bytes);
    const { byteLength } = segments.read({ ...place, crc: crc32(bytes) }) ?? expect.unreachable();
    expect(byteLength).toBe(size);
    expect(segments.read({ ...place, crc: crc32(bytes) + 1 })).toBeUndefined();
    expect(segments.read({ ...place, crc: place.crc + 1 })).toBeUndefined();
  }
});

it("are private, and made only when there is something to write", () => {
  segments.goOnAt(undefined);
  segments.sync();
  expect(names()).toEqual([]);
  segments.append(Buffer.from("a"));
  expect(statSync(file("records-000001")).mode & 0o777).toBe(0o600);
});

it("begin a new file behind 8 MiB, and go one by one when nothing in them is of use", () => {
  const places = Array.from({ length: 5 }, (_, n) => segments.append(Buffer.alloc(4 * mebibyte - 1, n)));
  segments.sync();
  expect(places.map(({ segment, start }) => [segment, Math.round(start / mebibyte)])).toEqual([
    [1, 0],
    [1, 4],
    [2, 0],
    [2, 4],
    [3, 0],
  ]);
  expect(places.map((place) => segments.read(place)?.[0])).toEqual([0, 1, 2, 3, 4]);
  segments.dropBefore(2);
  expect(names()).toEqual(["records-000002", "records-000003"]);
  segments.dropBefore(3);
  expect(names()).toEqual(["records-000003"]);
  expect(segments.read(places[4] as SegmentPlace)?.[0]).toBe(4);
  segments.dropBefore(undefined);
  expect(statSync(file("records-000003")).size).toBe(0);
});

it("keep the file that is written, whatever is said to be of use", () => {
  const place = segments.append(Buffer.from("a"));
  segments.dropBefore(7);
  expect(segments.read(place)).toBeDefined();
});

it("go on after a start where the database says, without what a crash left behind it", () => {
  const first = segments.append(Buffer.from("first"));
  segments.append(Buffer.alloc(5 * mebibyte));
  segments.append(Buffer.alloc(5 * mebibyte));
  segments.close();
  expect(names()).toEqual(["records-000001", "records-000002"]);
  const again = segmentFiles(stateFiles(directory));
  again.goOnAt({ segment: 1, end: 5 });
  expect(names()).toEqual(["records-000001"]);
  expect(statSync(file("records-000001")).size).toBe(5);
  expect(again.append(Buffer.from("second"))).toMatchObject({ segment: 1, start: 5 });
  expect(Buffer.from(again.read(first) ?? []).toString()).toBe("first");
  again.close();
});

it("tell what is not what was written: a changed byte, a shorter file, none, another one", () => {
  const place = segments.append(Buffer.from("some records"));
  segments.sync();
  const handle = openSync(file("records-000001"), "r+");
  writeSync(handle, Buffer.from("S"), 0, 1, 0);
  closeSync(handle);
  expect(segments.read(place)).toBeUndefined();
  expect(Buffer.from(segments.found(place)).toString()).toBe("Some records");
  truncateSync(file("records-000001"), 4);
  expect(segments.read(place)).toBeUndefined();
  expect(Buffer.from(segments.found(place)).toString()).toBe("Some");
  segments.close();
  rmSync(file("records-000001"));
  expect(segments.read(place)).toBeUndefined();
  expect(segments.found(place)).toHaveLength(0);
});

it("take a disk that fails for no other bytes: it may read them the next time", () => {
  mkdirSync(file("records-000001"));
  expect(() => segments.read({ segment: 1, start: 0, size: 1, crc: 0 })).toThrow(/state_dir failed: EISDIR/);
});

it("follow no link", () => {
  writeFileSync(file("elsewhere"), "");
  symlinkSync(file("elsewhere"), file("records-000001"));
  expect(() => segments.append(Buffer.from("a"))).toThrow(/the disk of state_dir failed: ELOOP/);
  expect(statSync(file("elsewhere")).size).toBe(0);
});

it("fail as the disk does", () => {
  const gone = segmentFiles(stateFiles("/nowhere/at/all"));
  expect(() => gone.append(Buffer.from("a"))).toThrow(/the disk of state_dir failed: ENOENT/);
});

it("hold two files open at most, the written one twice where it can be written past the cache, and none when they are closed", () => {
  const before = openFiles();
  const places = Array.from({ length: 4 }, () => segments.append(Buffer.alloc(5 * mebibyte)));
  for (const place of [...places, ...places]) segments.read(place);
  expect(openFiles() - before).toBe(areDirect() ? 3 : 2);
  segments.close();
  expect(openFiles()).toBe(before);
});

it("are moved away with the state that is lost", () => {
  segments.append(Buffer.from("a"));
  segments.close();
  setAsideSegments(stateFiles(directory), "lost-now");
  expect(names()).toEqual(["records-000001.lost-now"]);
  expect(segmentPaths(directory)).toEqual([]);
  expect(existsSync(file("records-000001"))).toBe(false);
});

it("leave nothing of what was taken back, also where nothing else is told of", () => {
  for (let times = 0; times < 3; times++) {
    for (let n = 0; n < 3; n++) segments.append(Buffer.alloc(5 * mebibyte));
    segments.goOnAt(undefined);
  }
  expect(names().map((name) => statSync(file(name)).size)).toEqual([0]);
});

it("are those of their own names: others are left alone", () => {
  for (const name of ["records-0000001", "records-00000", "records-000001.lost-1"])
    writeFileSync(file(name), "foreign");
  segments.goOnAt(undefined);
  segments.append(Buffer.from("a"));
  segments.dropBefore(undefined);
  expect(segmentPaths(directory)).toEqual([file("records-000001")]);
  setAsideSegments(stateFiles(directory), "lost-2");
  expect(names()).toHaveLength(4);
});
