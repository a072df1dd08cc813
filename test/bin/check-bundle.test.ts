import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const locked = {
  "": { version: "1.0.0" },
  node: { version: "24.0.0", dev: true },
  "node_modules/node": { link: true },
  "node_modules/tester": { version: "3.0.0", integrity: "sha512-t", dev: true },
  "node_modules/a": { version: "1.2.3", integrity: "sha512-a" },
  "node_modules/a/node_modules/b": { version: "2.0.0", integrity: "sha512-b" },
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bundle-"));
  mkdirSync(join(folder, "node_modules"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function check(here: Record<string, object>) {
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: locked }));
  writeFileSync(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages: here }));
  return spawnSync(process.execPath, [join(root, "bin/check-bundle.ts")], { cwd: folder, encoding: "utf8" });
}

const { "node_modules/a": _, ...withoutA } = locked;

describe("what is packed", () => {
  it("is what the lock file says", () => {
    expect(check(locked)).toMatchObject({ status: 0, stderr: "" });
  });

  it("may have been developed with other tools than the lock file's", () => {
    const { "node_modules/tester": _, ...others } = locked;
    expect(check(others).status).toBe(0);
    expect(check({ ...locked, "node_modules/tester": { version: "3.1.0", dev: true } }).status).toBe(0);
  });

  it.each<[string, Record<string, object>, string]>([
    [
      "of another version",
      { ...locked, "node_modules/a": { version: "1.2.4", integrity: "sha512-a" } },
      "node_modules/a",
    ],
    [
      "of another hash",
      { ...locked, "node_modules/a": { version: "1.2.3", integrity: "sha512-x" } },
      "node_modules/a",
    ],
    ["missing", withoutA, "node_modules/a"],
    [
      "more than that",
      { ...locked, "node_modules/c": { version: "1.0.0", integrity: "sha512-c" } },
      "node_modules/c",
    ],
  ])("is not packed when something is %s", (_, here, named) => {
    expect(check(here)).toMatchObject({
      status: 1,
      stderr: `not what package-lock.json says: ${named}: run npm ci before packing\n`,
    });
  });

  it("is checked at every pack", async () => {
    const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
    expect(manifest.scripts.prepack).toBe("node bin/check-bundle.ts && npm run build");
  });
});
