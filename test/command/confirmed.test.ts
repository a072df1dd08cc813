import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { confirmed } from "../../src/command/confirmed.ts";
import { fakeTerminal } from "./fake-terminal.ts";

/** A person who writes this. */
function person(answer: string) {
  const stdin = Object.assign(Readable.from([Buffer.from(answer)]), { isTTY: true });
  return fakeTerminal({ stdin, stderrIsTTY: true });
}

it.each([
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["", false],
  ["yellow\n", false],
])("takes %j for %s", async (answer, meant) => {
  const terminal = person(answer);
  expect(await confirmed(["so many days"], terminal)).toBe(meant);
  expect(terminal.err()).toContain("so many days\nGo on? [y/N] ");
});

it("asks nobody where there is no terminal, and says what to do", async () => {
  const terminal = fakeTerminal({ input: "y\n" });
  expect(await confirmed(["so many days"], terminal)).toBe(false);
  expect(terminal.err()).toContain("--yes");
});
