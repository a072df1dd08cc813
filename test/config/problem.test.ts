import { expect, it } from "vitest";
import { ConfigError } from "../../src/config/problem.ts";

const problem = { path: "outputs[0].tokn", line: 12, column: 5, message: "unknown key" };

it("a problem is one line: where, what, and what to do", () => {
  const lineOf = (change: object) => new ConfigError("c.yaml", [{ ...problem, ...change }]).message;
  expect(lineOf({ hint: "did you mean token?" })).toBe(
    "c.yaml:12:5: outputs[0].tokn: unknown key (did you mean token?)",
  );
  expect(lineOf({ path: "", line: 0 })).toBe("c.yaml: unknown key");
});

it("the error holds every problem, in their order", () => {
  const error = new ConfigError("c.yaml", [problem, { ...problem, line: 13 }]);
  expect(error.message.split("\n")).toEqual([
    "c.yaml:12:5: outputs[0].tokn: unknown key",
    "c.yaml:13:5: outputs[0].tokn: unknown key",
  ]);
});
