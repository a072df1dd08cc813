import { expect, it } from "vitest";
import { program } from "../../../src/command/program.ts";
import { fakeTerminal } from "../fake-terminal.ts";

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await program(["replay", ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

it("tells in its help what is sent, what is labelled, what goes on after a kill, and what Ctrl-C does", async () => {
  const { code, out } = await run("--help");
  expect(code).toBe(0);
  const words = out.replaceAll(/\s+/g, " ");
  for (const part of ["--from <time>", "keep_delivered", "replay_id", "after a kill", "Ctrl-C", "--cancel"])
    expect(words).toContain(part);
});

it.each([
  [[], "--output <name> is needed"],
  [["--output", "siem"], "--from <time> is needed"],
  [["--output", "siem", "--from", "yesterday"], "Write a UTC day or a time"],
  [["--output", "siem", "--from", "2026-02-30"], "Write a UTC day or a time"],
  [["--output", "siem", "--from", "2026-02-30T06:00:00Z"], "Write a UTC day or a time"],
  [["--output", "siem", "--from", "2026-08-01T12:00"], "Write a UTC day or a time"],
  [["--output", "siem", "--from", "2026-08-01", "--rate", "0"], "whole number from 1"],
  [["--output", "siem", "--from", "2026-08-01", "--users", " , "], "Write 1 to 50"],
  [["--list", "--cancel"], "not both"],
])("refuses %j", async (args, why) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
});
