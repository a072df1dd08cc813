import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "protectors-"));
const src = join(import.meta.dirname, "../../src");

// Node itself gives memory away when it loads types, so they are taken off before.
beforeAll(() => {
  mkdirSync(join(folder, "thread"));
  for (const name of ["builtin", "thread/protectors", "thread/start-thread"]) {
    const code = stripTypeScriptTypes(readFileSync(join(src, `${name}.ts`), "utf8"));
    writeFileSync(join(folder, `${name}.mjs`), code.replaceAll('.ts"', '.mjs"'));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What V8 stops to rely on while this runs. */
function invalidatedBy(code: string): string[] {
  const options = ["--trace-protector-invalidation", "--input-type=module", "-e", code];
  const told = execFileSync(process.execPath, options, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  return [...told.matchAll(/^Invalidating protector cell (\w+)$/gm)].map(([, name = ""]) => name).sort();
}

const doings = [
  "new MessageChannel().port1.postMessage(0, [new ArrayBuffer(8)]);",
  'process.getBuiltinModule("node:crypto").createHmac("sha1", "").digest();',
];

it("invalidates all that moved memory, and buffers that Node makes, would invalidate later", () => {
  const late = doings.flatMap(invalidatedBy).sort();
  expect(late).toHaveLength(doings.length);
  const load = 'const { invalidateProtectors } = await import("./thread/protectors.mjs");';
  expect(invalidatedBy(load)).toEqual([]);
  expect(invalidatedBy(`${load} invalidateProtectors();`)).toEqual(late);
});

it("is done by whoever starts a thread", () => {
  const start = `import { threadsOf } from "./thread/start-thread.mjs";
threadsOf({ program: "0" })("one");`;
  expect(invalidatedBy(start)).toHaveLength(doings.length);
});
