import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** A place in node_modules as package-lock.json has it. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

/** What may be shipped beside Apache-2.0: each asks for no more than that its text comes along. */
const allowedLicences = ["Apache-2.0", "ISC", "MIT"];

const root = join(import.meta.dirname, "..");
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const packages = Object.entries(json("package-lock.json").packages as Record<string, Locked>);
const isFetched = ([path, { link }]: [string, Locked]) => path.startsWith("node_modules/") && link !== true;
const fetched = packages.filter(isFetched);
const shipped = fetched.filter(([, { dev }]) => dev !== true);

/** The paths of those for which something does not hold. */
function without(entries: readonly [string, Locked][], holds: (entry: Locked, path: string) => boolean) {
  return entries.filter(([path, entry]) => !holds(entry, path)).map(([path]) => path);
}

describe("dependencies", () => {
  it("are each fetched as exactly what the lock file says, by its hash", () => {
    expect(fetched.length).toBeGreaterThan(shipped.length);
    expect(
      without(
        fetched,
        ({ version, integrity }) => /^\d/.test(version ?? "") && /^sha512-/.test(integrity ?? ""),
      ),
    ).toEqual([]);
  });

  it("run nothing when they are installed, and so fetch nothing past the lock file", () => {
    expect(without(fetched, ({ hasInstallScript }) => hasInstallScript !== true)).toEqual([]);
    const scripts = ["preinstall", "install", "postinstall"];
    const runsSome = fetched.filter(
      ([path]) =>
        existsSync(join(root, path, "package.json")) &&
        (Object.keys(json(`${path}/package.json`).scripts ?? {}).some((name) => scripts.includes(name)) ||
          existsSync(join(root, path, "binding.gyp"))),
    );
    expect(runsSome.map(([path]) => path)).toEqual([]);
  });

  it("come from the repository itself for development alone", () => {
    const own = packages.filter((entry) => !isFetched(entry) && entry[0] !== "" && entry[1].link !== true);
    expect(own.map(([path]) => path)).toEqual(["node"]);
    expect(without(own, ({ dev }) => dev === true)).toEqual([]);
  });

  it("at run time are carried by the package, all of them", () => {
    expect(json("package.json").bundleDependencies).toBe(true);
    expect(without(shipped, ({ inBundle }) => inBundle === true)).toEqual([]);
  });

  it("at run time have a licence that may be shipped", () => {
    expect(shipped.length).toBeGreaterThan(20);
    expect(without(shipped, ({ license }) => allowedLicences.includes(license ?? ""))).toEqual([]);
  });

  it("at run time are here as the lock file has them, each with the text of its licence", () => {
    const asLocked = ({ version, license }: Locked, path: string) => {
      const here = json(`${path}/package.json`);
      return here.version === version && here.license === license;
    };
    expect(without(shipped, asLocked)).toEqual([]);
    const hasText = (_: Locked, path: string) =>
      readdirSync(join(root, path)).some((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
    expect(without(shipped, hasText)).toEqual([]);
  });
});
