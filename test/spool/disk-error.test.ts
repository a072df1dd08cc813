import { constants } from "node:os";
import { expect, it } from "vitest";
import { diskError, throwUnlessTooMany, unusable } from "../../src/spool/disk-error.ts";

const says = (code: string) => Object.assign(new Error(`${code}: it fails`), { code });

it.each([
  ["EMFILE", /^raise the limit of open files .* to 1024 or more, then restart$/],
  ["ENFILE", /^this machine has no room for another open file: raise fs.file-max /],
])("%s names whose limit of open files it is, and neither rights nor a disk", (code, fix) => {
  const expected = { failure: "io", fix: expect.stringMatching(fix) };
  expect(unusable("/state", says(code))).toMatchObject(expected);
  expect(diskError(says(code))).toMatchObject(expected);
});

it("a look at the state passes over what the next one can see, and over nothing else", () => {
  const refused = (code: string) => Object.assign(says(code), { syscall: "open" });
  for (const code of ["EMFILE", "ENFILE"]) {
    throwUnlessTooMany(refused(code));
    throwUnlessTooMany(diskError(refused(code)));
  }
  expect(() => throwUnlessTooMany(refused("EIO"))).toThrow(/^the disk of state_dir failed: EIO/);
  expect(() => throwUnlessTooMany(new RangeError("a bug"))).toThrow(RangeError);
});

it("EFBIG names the limit on the size of files, and neither rights nor a disk", () => {
  const expected = { failure: "io", fix: expect.stringMatching(/^raise the limit on the size of files/) };
  expect(unusable("/state", says("EFBIG"))).toMatchObject(expected);
  expect(diskError(says("EFBIG"))).toMatchObject(expected);
});

it("what else the system says of state_dir is about rights and its disk", () => {
  expect(unusable("/state", says("EACCES")).fix).toContain("make and write /state");
  expect(diskError(says("EDQUOT"))).toMatchObject({ failure: "full" });
  expect(diskError(says("EIO"))).toMatchObject({ failure: "io", fix: expect.stringContaining("dmesg") });
});

it("a quota that is used up is a full disk, though Node has no name for it", () => {
  const { EDQUOT } = constants.errno;
  const error = Object.assign(new Error("UNKNOWN: unknown error, write"), {
    code: "UNKNOWN",
    errno: -EDQUOT,
  });
  expect(diskError(error)).toMatchObject({ failure: "full", fix: expect.stringContaining("make room") });
});
