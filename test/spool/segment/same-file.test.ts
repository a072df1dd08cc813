import { closeSync, fstatSync, linkSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isSame, statOf } from "../../../src/spool/segment/same-file.ts";

it("is one by any of its names, and open; another is not, nor is none", () => {
  const directory = mkdtempSync(join(tmpdir(), "same-"));
  const [one, other, link] = ["one", "other", "link"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, "a");
  writeFileSync(other, "a");
  linkSync(one, link);
  const descriptor = openSync(one, "r");
  expect(isSame(statOf(one), statOf(link))).toBe(true);
  expect(isSame(fstatSync(descriptor), statOf(link))).toBe(true);
  expect(isSame(statOf(one), statOf(other))).toBe(false);
  expect(statOf(join(directory, "nothing"))).toBeUndefined();
  expect(isSame(statOf(one), undefined)).toBe(false);
  closeSync(descriptor);
  rmSync(directory, { recursive: true });
});
