import { constants } from "node:os";
import { expect, it } from "vitest";
import { hasNoMoreFiles, hasNoRoom, systemCode } from "../src/system-code.ts";

it.each(["UNKNOWN", "Unknown system error -122"])("a quota that is used up has its name: %s", (code) => {
  expect(systemCode(Object.assign(new Error(code), { code, errno: -constants.errno.EDQUOT }))).toBe("EDQUOT");
});

it("what has a name keeps it, and what is no error of the system has none", () => {
  expect(systemCode(Object.assign(new Error(), { code: "ENOSPC", errno: -28 }))).toBe("ENOSPC");
  expect(systemCode(new Error("a bug"))).toBeUndefined();
});

it("a full disk and a quota are no room, the limits of a process and of the machine no more files", () => {
  const codes = ["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EACCES"];
  const those = (holds: (error: unknown) => boolean) =>
    codes.filter((code) => holds(Object.assign(new Error(code), { code })));
  expect([those(hasNoRoom), those(hasNoMoreFiles)]).toEqual([codes.slice(0, 2), codes.slice(2, 4)]);
});
