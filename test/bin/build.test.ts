import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

/** The file of this name, behind which stands what tells versions apart. */
function part(name: string): string {
  const [found, ...others] = readdirSync(dist).filter(
    (file) => file.startsWith(`${name}-`) && /^-[\w-]{8}\.js$/.test(file.slice(name.length)),
  );
  if (found === undefined || others.length > 0) throw new Error(`no file, or several: ${name}`);
  return found;
}

describe("the built program", () => {
  it("is loaded by run and its thread from few files, and no package", () => {
    for (const begun of [part("run"), part("delivery")]) {
      const loaded = loadedWith("main.js", begun);
      expect([...loaded].filter(isPackage)).toEqual([]);
      expect(loaded.size).toBeGreaterThan(5);
      // What more commands share becomes a file of its own; each costs the start less than a millisecond.
      expect(loaded.size).toBeLessThan(45);
    }
  });

  it("has one file for what both threads load, which neither --version nor a health check does", () => {
    expect(loadedWith("main.js", part("run"))).toContain(part("delivery"));
    expect(loadedWith("main.js", part("delivery")).size).toBeLessThan(15);
    for (const begun of ["main.js", part("healthcheck")])
      expect(loadedWith("main.js", begun)).not.toContain(part("delivery"));
    // A kind of output is hardly more than what it has of its own.
    const kinds = readdirSync(dist).filter((file) => /^const splunkHecKind = /m.test(textOf(file)));
    expect(kinds).toHaveLength(1);
    const beside = loadedWith(...kinds);
    for (const known of loadedWith("main.js", part("delivery"))) beside.delete(known);
    expect(beside.size).toBeLessThan(4);
  });

  it("gives files another name when they hold something else", () => {
    const changed = join(folder, "changed");
    cpSync(join(root, "bin"), join(changed, "bin"), { recursive: true });
    cpSync(join(root, "src"), join(changed, "src"), { recursive: true });
    for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(changed, file));
    symlinkSync(join(root, "node_modules"), join(changed, "node_modules"));
    const kind = join(changed, "src/output/file/kind.ts");
    writeFileSync(kind, readFileSync(kind, "utf8").replace('"file"', '"flie"'));
    execFileSync(process.execPath, ["bin/build.ts", "dist"], { cwd: changed });
    const parts = (where: string) => readdirSync(where).filter((file) => file !== "main.js");
    const fresh = parts(join(changed, "dist")).filter((file) => !parts(dist).includes(file));
    expect(fresh.length).toBeGreaterThan(0);
    for (const same of parts(join(changed, "dist")).filter((file) => !fresh.includes(file)))
      expect(readFileSync(join(changed, "dist", same), "utf8")).toBe(textOf(same));
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
