import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replaceFile } from "../../src/command/replaced-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replaced-"));
  path = join(folder, "lookup.csv");
});
afterEach(() => rmSync(folder, { recursive: true }));
const modeOf = () => statSync(path).mode & 0o777;

it("puts another file in place of the one before, and leaves nothing beside it", () => {
  replaceFile(path, "one");
  const { ino } = statSync(path);
  expect([readFileSync(path, "utf8"), modeOf()]).toEqual(["one", 0o600]);
  replaceFile(path, "two");
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(statSync(path).ino).not.toBe(ino);
  expect(readdirSync(folder)).toEqual(["lookup.csv"]);
});

it.each([
  [0o640, 0o640],
  [0o660, 0o660],
  [0o400, 0o400],
  [0o644, 0o600],
  [0o666, 0o600],
])("makes of the mode %o the mode %o: what a group may stays, what everybody may does not", (was, is) => {
  writeFileSync(path, "before");
  chmodSync(path, was);
  replaceFile(path, "after");
  expect([readFileSync(path, "utf8"), modeOf()]).toEqual(["after", is]);
});

it("writes through no link, and into no folder", () => {
  const target = join(folder, "target");
  writeFileSync(target, "kept");
  symlinkSync(target, path);
  expect(() => replaceFile(path, "x")).toThrow("it is a link: name the file itself");
  rmSync(path);
  symlinkSync(join(folder, "nothing"), path);
  expect(() => replaceFile(path, "x")).toThrow("it is a link");
  expect(existsSync(join(folder, "nothing"))).toBe(false);
  expect(readFileSync(target, "utf8")).toBe("kept");
  expect(() => replaceFile(folder, "x")).toThrow("it is a folder");
  expect(() => replaceFile("/dev/null", "x")).toThrow("it is not a regular file");
});

it("leaves what was there, and nothing beside it, where it must not be written over", () => {
  writeFileSync(path, "kept");
  expect(() => replaceFile(path, "x", statSync(path))).toThrow("it is the file of --users");
  expect(() => replaceFile(join(folder, "none", "lookup.csv"), "x")).toThrow("ENOENT");
  expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["kept", ["lookup.csv"]]);
});
