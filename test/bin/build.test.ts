import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "build-"));
const dist = join(folder, "dist");

const build = (to: string) => execFileSync(process.execPath, ["bin/build.ts", to], { cwd: root });
const textOf = (file: string) => readFileSync(join(dist, file), "utf8");

beforeAll(() => void build(dist));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a built file asks for before it runs: files beside it, and packages. */
function importsOf(file: string): string[] {
  const names = [...textOf(file).matchAll(/^(?:import|export) (?:[^"]*? from )?"([^"]+)";$/gm)];
  return names.flatMap(([, name = ""]) => (name.startsWith("node:") ? [] : [name]));
}

/** Everything that is loaded with these files. */
function loadedWith(...files: string[]): Set<string> {
  const loaded = new Set(files);
  for (const name of loaded)
    if (!isPackage(name)) for (const more of importsOf(name)) loaded.add(more.replace("./", ""));
  return loaded;
}

const isPackage = (name: string) => !name.endsWith(".js");

describe("the built program", () => {
  it("is loaded by run and its thread from few files, and no package", () => {
    for (const part of ["run.js", "serve-delivery.js"]) {
      const loaded = loadedWith("main.js", part);
      expect([...loaded].filter(isPackage)).toEqual([]);
      expect(loaded.size).toBeGreaterThan(5);
      // What more commands share becomes a file of its own; each costs the start less than a millisecond.
      expect(loaded.size).toBeLessThan(45);
    }
  });

  it("leaves the packages that few commands need as they are", () => {
    const packages = readdirSync(dist).flatMap(importsOf).filter(isPackage);
    expect([...new Set(packages)].sort()).toEqual([
      "@opentelemetry/api",
      "@opentelemetry/core",
      "@opentelemetry/otlp-transformer",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-metrics",
      "@opentelemetry/sdk-trace",
      "commander",
    ]);
  });

  it("is written in ASCII, and says what its sources say", () => {
    const files = readdirSync(dist);
    expect(files.filter((file) => /[^\0-\x7f]/.test(textOf(file)))).toEqual([]);
    const bars = /^const (\w+) = (".*\\u2588.*");$/m.exec(files.map(textOf).join("\n"));
    expect(readFileSync(join(root, "src/command/sparkline.ts"), "utf8")).toContain(
      JSON.parse(bars?.[2] ?? ""),
    );
  });

  it("is the same whenever it is built", () => {
    const again = join(folder, "again");
    build(again);
    expect(readdirSync(again)).toEqual(readdirSync(dist));
    for (const file of readdirSync(dist)) expect(readFileSync(join(again, file), "utf8")).toBe(textOf(file));
  });
});
