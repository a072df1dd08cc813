import { describe, expect, it } from "vitest";
import { commandLine } from "../../src/command/command-line.ts";
import type { StartCommand } from "../../src/command/definitions/definition.ts";
import { shortWay } from "../../src/command/short-way.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const environment = { WANDB_AUDIT_FORWARDER_CONFIG: "/named.yaml" };

/** What a way starts and prints. */
async function outcome(
  way: (start: StartCommand, terminal: ReturnType<typeof fakeTerminal>) => Promise<unknown>,
) {
  const terminal = fakeTerminal({ environment });
  const started: unknown[] = [];
  await way(async (load, options) => void started.push(await load(), options), terminal);
  return { started, out: terminal.out(), err: terminal.err() };
}

describe("the short way", () => {
  it.each([
    ["--version"],
    ["-V"],
    ["healthcheck"],
    ["healthcheck", "-c", "a.yaml"],
    ["healthcheck", "--config", "a.yaml", "--timeout", "1m30s"],
    ["healthcheck", "--timeout", "2s", "-c", "a.yaml", "-c", "b.yaml"],
    ["run"],
    ["run", "-c", "a.yaml"],
    ["run", "--config", "a b.yaml"],
  ])("starts for %j %s %s what the command line starts", async (...args) => {
    const short = await outcome(async (start, terminal) => shortWay(args, terminal)?.(start));
    const whole = await outcome((start, terminal) => commandLine(args, start, terminal));
    expect(short).toEqual(whole);
    expect(short.started.length + short.out.length).toBeGreaterThan(0);
  });

  it.each([
    [],
    ["--version", "run"],
    ["--help"],
    ["run", "--help"],
    ["run", "--once"],
    ["run", "--timeout", "5m"],
    ["run", "--accept-state-loss"],
    ["run", "-c"],
    ["run", "-c", ""],
    ["run", "-c", "--once"],
    ["run", "-ca.yaml"],
    ["run", "--config=a.yaml"],
    ["run", "a.yaml"],
    ["healthcheck", "--timeout", "soon"],
    ["healthcheck", "--timeout=5s"],
    ["healthcheck", "--", "-c", "a"],
    ["check", "-c", "a.yaml"],
    ["constructor"],
  ])("leaves %j %s %s to the command line", (...args) => {
    expect(shortWay(args, fakeTerminal())).toBeUndefined();
  });
});
