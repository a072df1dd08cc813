import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "heap-growth-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Says at the end of a process whether V8 took code that was compiled under Node's own settings. */
const hook = join(folder, "hook.mjs");
const compiled = run("-p", 'new vm.Script("1").createCachedData().toString("base64")').trim();
writeFileSync(
  hook,
  `import { Script } from "node:vm";
process.on("exit", () => {
  const cachedData = Buffer.from("${compiled}", "base64");
  console.log("rejected:", new Script("1", { cachedData }).cachedDataRejected);
});
`,
);

function run(...args: readonly string[]): string {
  const env = { PATH: process.env.PATH };
  return execFileSync(process.execPath, args, { encoding: "utf8", cwd: root, env, timeout: 60_000 });
}

it("leaves a start what Node brings compiled", () => {
  expect(run("--import", hook, "bin/wandb-audit-forwarder.js", "--version")).toContain("rejected: false");
});

it("comes a second later", () => {
  const module = join(root, "src/thread/heap-growth.ts");
  const code = `import { growLittleSoon } from ${JSON.stringify(module)};
await growLittleSoon(async (ms) => console.log("waited:", ms));`;
  const told = run("--import", hook, "--input-type=module", "-e", code);
  expect(told).toContain("waited: 1000\nrejected: true");
});
