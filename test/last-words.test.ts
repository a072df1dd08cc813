import { constants } from "node:os";
import { expect, it } from "vitest";
import { remedyOf } from "../src/last-words.ts";

const coded = (code: string, message = "it was refused") => Object.assign(new Error(message), { code });

it.each([
  ["EMFILE", "limit of open files"],
  ["ENFILE", "fs.file-max"],
  ["ENOSPC", "make room on the disk"],
  ["EFBIG", "limit on the size of files"],
  ["EROFS", "writable"],
  ["EIO", "dmesg"],
  ["ENOMEM", "more memory"],
  ["EACCES", "let the user"],
  ["ERR_WORKER_INIT_FAILED", "TasksMax="],
  ["ERR_MODULE_NOT_FOUND", "restart it"],
])("%s has a remedy, and is no bug", (code, remedy) => {
  expect(remedyOf(coded(code))).toContain(remedy);
});

it("knows a quota by its number, and what is said in words alone", () => {
  const quota = Object.assign(new Error("unknown error"), { errno: -constants.errno.EDQUOT });
  expect(remedyOf(quota)).toContain("quota");
  const nested = "Cannot read package config /a/package.json: file table overflow.";
  expect(remedyOf(coded("ERR_INVALID_PACKAGE_CONFIG", nested))).toContain("fs.file-max");
});

it("has none for what is a bug", () => {
  for (const error of [
    new TypeError("no"),
    coded("ERR_INVALID_ARG_TYPE"),
    coded("ENOENT"),
    "text",
    undefined,
  ])
    expect(remedyOf(error)).toBeUndefined();
});
