import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mustBeOurs, mustBeWritable } from "../../src/init/folder.ts";

const me = process.getuid?.();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function made(name: string, mode: number): string {
  mkdirSync(join(folder, name));
  chmodSync(join(folder, name), mode);
  return join(folder, name);
}

it("takes a folder of one's own, and one that everybody makes only his own files in", () => {
  for (const mode of [0o700, 0o755, 0o1777]) mustBeOurs(made(mode.toString(8), mode), me);
  mustBeOurs(join(folder, "not/there/yet"), me);
  mustBeOurs("/", me);
});

it("refuses one in which others may put what they like", () => {
  expect(() => mustBeOurs(made("open", 0o777), me)).toThrow("can be written by others");
  expect(() => mustBeOurs(made("open/below", 0o757), me)).toThrow("can be written by others");
  expect(() => mustBeOurs(join(made("wide", 0o777), "not/there/yet"), me)).toThrow(
    `${join(folder, "wide")} can be written by others`,
  );
  // Whoever this is, root's and one's own are the only ones that are taken.
  if (me !== 0)
    return expect(() => mustBeOurs(folder, 4_000_000_000)).toThrow(`belongs to user ${me}, who could`);
  chownSync(made("theirs", 0o755), 65_534, 65_534);
  expect(() => mustBeOurs(join(folder, "theirs"), 0)).toThrow("belongs to user 65534, who could");
  mustBeOurs(join(folder, "theirs"), 65_534);
  expect(() => mustBeOurs(made("theirs/ours", 0o700), 0)).toThrow(
    `${join(folder, "theirs")} belongs to user`,
  );
  symlinkSync(made("ours", 0o700), join(folder, "link"));
  mustBeOurs(join(folder, "link"), 0);
  lchownSync(join(folder, "link"), 65_534, 65_534);
  expect(() => mustBeOurs(join(folder, "link"), 0)).toThrow(`${join(folder, "link")} belongs to user 65534`);
  const ofGroup = made("group", 0o775);
  chownSync(ofGroup, 0, 4_242);
  expect(() => mustBeOurs(ofGroup, 0)).toThrow("can be written by others");
  chownSync(ofGroup, 4_242, 4_242);
  mustBeOurs(ofGroup, 4_242);
});

it("says what the system says where nothing can be made", () => {
  mustBeWritable(join(folder, "not/there"));
  writeFileSync(join(folder, "file"), "");
  expect(() => mustBeWritable(join(folder, "file"))).toThrow("EACCES");
});
