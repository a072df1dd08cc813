import { constants } from "node:os";
import { expect, it } from "vitest";
import { hasNoRoom, openFilesFix, systemCode } from "../src/system-code.ts";

it.each(["UNKNOWN", "Unknown system error -122"])("a quota that is used up has its name: %s", (code) => {
  expect(systemCode(Object.assign(new Error(code), { code, errno: -constants.errno.EDQUOT }))).toBe("EDQUOT");
});

it("what has a name keeps it, and what is no error of the system has none", () => {
  expect(systemCode(Object.assign(new Error(), { code: "ENOSPC", errno: -28 }))).toBe("ENOSPC");
  expect(systemCode(new Error("a bug"))).toBeUndefined();
});

const says = (code: string) => Object.assign(new Error(code), { code });

it("a full disk and a quota are no room, and nothing else is", () => {
  const codes = ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EACCES"];
  expect(codes.filter((code) => hasNoRoom(says(code)))).toEqual(codes.slice(0, 2));
});

it("no more files are a limit of this process, or of the whole machine", () => {
  expect(openFilesFix(says("EMFILE"))).toContain("LimitNOFILE=");
  expect(openFilesFix(says("ENFILE"))).toContain("fs.file-max");
  expect(openFilesFix(says("ENOSPC"))).toBeUndefined();
});
