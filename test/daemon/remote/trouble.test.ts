import { expect, it } from "vitest";
import { ConfigError } from "../../../src/config/problem.ts";
import { errorOfTrouble, troubleOf } from "../../../src/daemon/remote/trouble.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";

it("what a daemon may end with is the same in another thread", () => {
  const problem = { path: "outputs[0].tls.ca", line: 0, column: 0, message: "no such file" };
  const errors = [
    new SpoolError("displaced", "it was moved", "put it back"),
    new ConfigError("/etc/config.yaml", [problem]),
  ];
  for (const error of errors) {
    const trouble = structuredClone(troubleOf(error));
    const there = trouble && errorOfTrouble(trouble);
    expect(there).toEqual(error);
    expect(there?.constructor).toBe(error.constructor);
    expect(there?.message).toBe(error.message);
  }
});

it("a bug is none of them", () => {
  expect(troubleOf(new TypeError("no such function"))).toBeUndefined();
});
