import { expect, it } from "vitest";
import { program } from "../../../src/command/program.ts";
import { fakeTerminal } from "../fake-terminal.ts";

it("tells in its help what it takes and that its numbers may be lower bounds", async () => {
  const terminal = fakeTerminal();
  expect(await program(["activity", "--help"], terminal)).toBe(0);
  const help = terminal.out().replaceAll(/\s+/g, " ");
  for (const part of [
    "--period",
    '"7d", "30d", "90d", "6mo", "12mo", "all"',
    "--users",
    "--lookup",
    "at least these",
  ])
    expect(help).toContain(part);
});
