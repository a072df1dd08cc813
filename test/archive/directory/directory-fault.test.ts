import { expect, it } from "vitest";
import { StoreError } from "../../../src/archive/archive-store.ts";
import { directoryFault } from "../../../src/archive/directory/directory-fault.ts";

it.each([
  ["ENOENT", "not_found", true],
  ["EACCES", "forbidden", true],
  ["EROFS", "configuration", true],
  ["EPERM", "forbidden", true],
  ["ENOTSUP", "configuration", true],
  ["ENOSPC", "disk_full", false],
  ["EDQUOT", "disk_full", false],
  ["EIO", "disk_error", false],
])("%s is %s", (code, reason, hold) => {
  const fault = directoryFault("/srv/audit", Object.assign(new Error("it fails"), { code }));
  expect(fault).toMatchObject({
    reason,
    hold,
    message: expect.stringMatching(/^\/srv\/audit .*it fails\)$/),
  });
  expect((fault as StoreError).fix).not.toBe("");
});

it.each([
  ["EMFILE", "limit of open files"],
  ["ENFILE", "fs.file-max"],
])("%s names whose limit it is, and no disk", (code, limit) => {
  const fault = directoryFault("/srv/audit", Object.assign(new Error("it fails"), { code })) as StoreError;
  expect([fault.reason, fault.fix]).toEqual(["disk_error", expect.stringContaining(limit)]);
});

it("EFBIG names the limit on the size of files, and no disk", () => {
  const error = Object.assign(new Error("it fails"), { code: "EFBIG" });
  const fault = directoryFault("/srv/audit", error) as StoreError;
  expect([fault.reason, fault.fix]).toEqual(["disk_full", expect.stringContaining("LimitFSIZE=")]);
});

it("what is no error of the system comes back as it is", () => {
  const known = new StoreError("tls", "it", "fix");
  const bug = new TypeError("x");
  expect([directoryFault("/x", known), directoryFault("/x", bug)]).toEqual([known, bug]);
});
