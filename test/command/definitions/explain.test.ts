import { expect, it } from "vitest";
import { program } from "../../../src/command/program.ts";
import { fakeTerminal } from "../fake-terminal.ts";

it("tells in its help what it takes and what its exit codes mean", async () => {
  const terminal = fakeTerminal();
  expect(await program(["explain", "--help"], terminal)).toBe(0);
  for (const part of ["<event>", "--source", "--frame", "--json", "Exit code: 0", "no daemon|without one"])
    expect(terminal.out().replaceAll(/\s+/g, " ")).toMatch(new RegExp(part));
});

it("wants an event", async () => {
  const terminal = fakeTerminal();
  expect(await program(["explain"], terminal)).toBe(2);
  expect(terminal.err()).toContain("missing required argument 'event'");
});
