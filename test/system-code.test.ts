import { constants } from "node:os";
import { expect, it } from "vitest";
import { systemCode } from "../src/system-code.ts";

it.each(["UNKNOWN", "Unknown system error -122"])("a quota that is used up has its name: %s", (code) => {
  expect(systemCode(Object.assign(new Error(code), { code, errno: -constants.errno.EDQUOT }))).toBe("EDQUOT");
});

it("what has a name keeps it, and what is no error of the system has none", () => {
  expect(systemCode(Object.assign(new Error(), { code: "ENOSPC", errno: -28 }))).toBe("ENOSPC");
  expect(systemCode(new Error("a bug"))).toBeUndefined();
});
