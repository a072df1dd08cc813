import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DirectWrites, directWrites, startBehind } from "../../../src/spool/segment/direct-writes.ts";
import { areDirect } from "../../fake/direct-files.ts";

const kibibyte = 1024;
let directory: string;
let path: string;
let descriptor: number;
let direct: DirectWrites | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "direct-"));
  path = join(directory, "file");
  descriptor = openSync(path, "w+");
  direct = undefined;
});
afterEach(() => {
  direct?.close();
  closeSync(descriptor);
  rmSync(directory, { recursive: true, force: true });
});

const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, at) => 1 + (at % 251)));
const large = bytesOf(1300 * kibibyte + 77);

const able = areDirect();
const why = able ? "" : " (skipped: the folder of temporary files cannot be written so)";

/** Open with O_DIRECT, as Linux tells it. */
const openDirect = () =>
  readdirSync("/proc/self/fdinfo").filter((each) => {
    try {
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${each}`, "latin1"))?.[1] ?? "0";
      return (Number.parseInt(flags, 8) & constants.O_DIRECT) !== 0;
    } catch {
      return false;
    }
  }).length;

describe("writes past the cache", () => {
  it("have large bytes begin with a block, and leave small ones where they are", () => {
    expect([0, 1, 4096, 4097].map((end) => startBehind(end, 128 * kibibyte))).toEqual([0, 4096, 4096, 8192]);
    expect([0, 1, 4097].map((end) => startBehind(end, 128 * kibibyte - 1))).toEqual([0, 1, 4097]);
  });

  it.skipIf(!able)(`write all of it, and zeros up to the end of a block${why}`, () => {
    const before = openDirect();
    direct = directWrites(path, descriptor);
    expect(openDirect() - before).toBe(1);
    expect(direct?.write(large, 8192)).toBe(large.length);
    const found = readFileSync(path);
    expect(found.length).toBe(8192 + 1304 * kibibyte);
    expect(Buffer.compare(found.subarray(8192, 8192 + large.length), large)).toBe(0);
    expect(new Set(found.subarray(8192 + large.length))).toEqual(new Set([0]));
    direct?.close();
    direct = undefined;
    expect(openDirect()).toBe(before);
  });

  it.skipIf(!able)(`leave what is small or begins elsewhere to others${why}`, () => {
    direct = directWrites(path, descriptor);
    expect(direct?.write(large.subarray(0, 128 * kibibyte - 1), 0)).toBe(0);
    expect(direct?.write(large, 4095)).toBe(0);
    expect(statSync(path).size).toBe(0);
  });

  it("are none where the system has none, or the name is another file's", () => {
    const unlike = openSync("/proc/self/comm", "r+");
    expect(directWrites("/proc/self/comm", unlike)).toBeUndefined();
    closeSync(unlike);
    writeFileSync(join(directory, "other"), "");
    const before = openDirect();
    expect(directWrites(join(directory, "other"), descriptor)).toBeUndefined();
    expect(directWrites(join(directory, "nothing"), descriptor)).toBeUndefined();
    expect(openDirect()).toBe(before);
  });

  it.skipIf(!able).each(["EINVAL", "EOPNOTSUPP"])(
    `leave all that follows to others where one fails with %s${why}`,
    (code) => {
      let tried = 0;
      direct = directWrites(path, descriptor, (...write) => {
        tried += 1;
        if (tried === 2) throw Object.assign(new Error(code), { code });
        return writeSync(...write);
      });
      expect(direct?.write(large, 0)).toBe(512 * kibibyte);
      expect(direct?.write(large, 0)).toBe(0);
      expect(tried).toBe(2);
    },
  );

  it.skipIf(!able)(`leave the rest to others where a part has no room${why}`, () => {
    const short = (part: number) => Math.min(part, 300 * kibibyte);
    direct = directWrites(path, descriptor, (to, bytes, from, length) =>
      writeSync(to, bytes, from, short(length), 0),
    );
    expect(direct?.write(large, 0)).toBe(300 * kibibyte);
    expect(direct?.write(large, 0)).toBe(0);
  });

  it.skipIf(!able)(`fail as the disk does${why}`, () => {
    direct = directWrites(path, descriptor, () => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    });
    expect(() => direct?.write(large, 0)).toThrow("no space left");
  });
});
