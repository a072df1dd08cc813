import { expect, it } from "vitest";
import { program } from "../../../src/command/program.ts";
import { fakeTerminal } from "../fake-terminal.ts";

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await program(["backfill", ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

it("tells in its help what is asked, what goes on after a kill, and what Ctrl-C does", async () => {
  const { code, out } = await run("--help");
  expect(code).toBe(0);
  const words = out.replaceAll(/\s+/g, " ");
  for (const part of [
    "--from <date>",
    "31 days",
    "keep_ledger",
    "after a kill",
    "Ctrl-C",
    "--cancel",
    "--output <name>",
  ])
    expect(words).toContain(part);
});

it.each([
  [[], "--source <name> is needed"],
  [["--source", "prod"], "--from <date> is needed"],
  [["--source", "prod", "--from", "yesterday"], "Write a UTC day"],
  [["--source", "prod", "--from", "2026-02-30"], "Write a UTC day"],
  [["--source", "prod", "--from", "misdated"], "Write a UTC day"],
  [["--source", "prod", "--from", "2026-08-01", "--rate", "0"], "whole number from 1"],
  [["--list", "--cancel"], "not both"],
])("refuses %j", async (args, why) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
});
