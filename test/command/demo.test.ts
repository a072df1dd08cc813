import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, it } from "vitest";
import { exitCodes } from "../../src/command/command.ts";

const folder = mkdtempSync(join(tmpdir(), "demo-test-"));
const main = join(import.meta.dirname, "../../src/main.ts");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("removes its folder and ends when its output is cut off, as by a pipe into head", async () => {
  const child = spawn(process.execPath, [main, "demo", "--port", "0"], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  try {
    await once(child.stdout, "data");
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^wandb-audit-demo-/)]);
    child.stdout.destroy();
    const [code] = await exited;
    expect(code).toBe(exitCodes.io);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
  }
}, 60_000);

it("names at its start every output that its log speaks of", async () => {
  const child = spawn(process.execPath, [main, "demo", "--port", "0", "--duration", "4s"], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const [shown] = await Promise.all([text(child.stdout), once(child, "exit")]);
    const [welcome = "", log = ""] = shown.split("Ctrl-C stops it.");
    const named = [...welcome.matchAll(/^ {2}output (\w+) .* \S+[:/]\S+$/gm)].map(([, name]) => name);
    const told = new Set([...log.matchAll(/ output (\w+): delivered/g)].map(([, name]) => name));
    expect(told.size).toBeGreaterThan(0);
    expect(named.toSorted()).toEqual([...told].toSorted());
  } finally {
    child.kill("SIGKILL");
  }
}, 60_000);
