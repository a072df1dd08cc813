import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compareWhole, readWhole, writeWhole } from "../../../src/archive/directory/whole-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whole-file-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** More than is compared at once, and no part like another. */
function bytesOf(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
}

it("writes a file whole, for reading alone, and never over another", async () => {
  const bytes = bytesOf(300_000);
  await writeWhole(path, bytes);
  expect(await readWhole(path)).toEqual(bytes);
  expect(statSync(path).mode & 0o777).toBe(0o440);
  await expect(writeWhole(path, bytes)).rejects.toMatchObject({ code: "EEXIST" });
});

it("tells the same bytes from others, wherever they differ", async () => {
  for (const length of [0, 1, 262_144, 262_145, 600_000]) {
    const bytes = bytesOf(length);
    writeFileSync(path, bytes);
    expect(await compareWhole(path, bytes)).toBe("same");
    expect(await compareWhole(path, bytesOf(length + 1))).toBe("other");
    if (length > 0) expect(await compareWhole(path, bytes.subarray(0, -1))).toBe("other");
    for (const at of [0, 262_143, 262_144, length - 1].filter((each) => each >= 0 && each < length)) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(await compareWhole(path, changed), `${length} bytes, at ${at}`).toBe("other");
    }
  }
});

it("finds none where there is none, a directory or a link", async () => {
  expect([await readWhole(path), await compareWhole(path, bytesOf(1))]).toEqual([undefined, "none"]);
  mkdirSync(path);
  expect([await readWhole(path), await compareWhole(path, bytesOf(1))]).toEqual([undefined, "none"]);
  const target = join(folder, "target");
  writeFileSync(target, bytesOf(1));
  symlinkSync(target, join(folder, "link"));
  const link = join(folder, "link");
  expect([await readWhole(link), await compareWhole(link, bytesOf(1))]).toEqual([undefined, "none"]);
  const inside = join(target, "file");
  expect([await readWhole(inside), await compareWhole(inside, bytesOf(1))]).toEqual([undefined, "none"]);
});
