import { expect, it } from "vitest";
import { soughtOf } from "../../src/command/sought.ts";

it("takes 32 hexadecimal digits for a uid, however they were pasted", () => {
  expect(soughtOf(` ${"AB".repeat(16)}\n`)).toEqual({ by: "uid", uid: "ab".repeat(16) });
  expect(soughtOf("a".repeat(31)).by).toBe("line");
});

it("reads everything else as a line", () => {
  expect(soughtOf(' {"action":"user:login"}\r\n')).toMatchObject({ by: "line", raw: { entry: { size: 1 } } });
  expect(soughtOf("nothing")).toMatchObject({ by: "line", raw: { fault: "not_json" } });
});
