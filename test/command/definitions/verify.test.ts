import { expect, it } from "vitest";
import { program } from "../../../src/command/program.ts";
import { fakeTerminal } from "../fake-terminal.ts";

it("tells in its help what it takes and what its exit codes mean", async () => {
  const terminal = fakeTerminal();
  expect(await program(["verify", "--help"], terminal)).toBe(0);
  for (const part of ["--source", "--day", "--against", "--siem-uids", "--query", "--json", "Exit code: 0"])
    expect(terminal.out()).toContain(part);
});
