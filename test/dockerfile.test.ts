// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what a Dockerfile has

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { carriedBy } from "../src/carried.ts";
import { attackEvents, attacksIn } from "../src/simulate/attack.ts";

const root = join(import.meta.dirname, "..");
const text = (file: string) => readFileSync(join(root, file), "utf8");
const lines = text("Dockerfile").split("\n");
/** What stands behind this instruction, in their order. */
const all = (instruction: string) =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));
const guard = all("RUN")[0] ?? "";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function build(BASE: string, UNPINNED: string) {
  return spawnSync("sh", ["-c", guard], { env: { BASE, UNPINNED }, encoding: "utf8" });
}

describe("the Dockerfile", () => {
  it("stands on one image, which a build names by its digest", () => {
    expect(all("FROM")).toEqual(["${BASE} AS build", "${BASE}"]);
    expect(lines.findIndex((line) => line.startsWith("ARG BASE="))).toBeLessThan(
      lines.indexOf("FROM ${BASE}"),
    );
    expect(all("ARG").slice(0, 2)).toEqual(["BASE=node:24-slim", "UNPINNED=refused"]);
    for (const base of [`node:24-slim@${digest}`, `node@${digest}`, `mirror.example:5000/node@${digest}`])
      expect(build(base, "refused")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(["README.md", "docs/kubernetes.md"])("is built as %s says", (file) => {
    const builds = text(file)
      .split("\n")
      .filter((line) => line.startsWith("docker build"));
    expect(builds).not.toEqual([]);
    for (const line of builds) expect(line).toMatch(/--build-arg (BASE="\$BASE"|UNPINNED=accepted) /);
  });

  it("refuses a base without a digest, before anything else, unless that is accepted", () => {
    expect(lines.filter((line) => /^(RUN|COPY|ADD) /.test(line))[0]).toBe(`RUN ${guard}`);
    for (const base of ["node:24-slim", "node@sha1:00", ""]) {
      const { status, stderr } = build(base, "refused");
      expect(status).toBe(1);
      expect(stderr).toMatch(/^BASE=\S* has no digest: see docs\/kubernetes\.md.*UNPINNED=accepted\n$/);
      expect(build(base, "")).toMatchObject({ status: 1 });
      expect(build(base, "accepted")).toMatchObject({ status: 0, stderr: "" });
    }
    expect(text("docs/kubernetes.md")).toContain("--build-arg BASE=");
  });

  it("fetches nothing but what the lock file names", () => {
    const commands = all("RUN").flatMap((line) => line.split(" && "));
    const tools = commands.filter((command) => /\b(npm|npx|curl|wget|apt|apt-get|apk|git)\b/.test(command));
    // `npm pkg` writes package.json, and that is all.
    const fetching = tools.filter(
      (command) => !/^(for \w+ in \$\w+; do )?npm pkg (set|delete) /.test(command),
    );
    expect(fetching).toEqual(["npm ci", "npm run build", "npm prune --omit=dev"]);
    expect(all("ADD")).toEqual([]);
    // Its parser would be an image too, and that line takes no variable.
    expect(lines.filter((line) => /^#\s*syntax\s*=/.test(line))).toEqual([]);
  });

  it("keeps every package that a source or an output may load, and no other", () => {
    const { peerDependencies } = JSON.parse(text("package.json")) as { peerDependencies: object };
    const [named] = all("ARG").filter((line) => line.startsWith("SDKS="));
    expect(named).toBe(`SDKS="${Object.keys(peerDependencies).join(" ")}"`);
  });

  it("has everything that npm ci reads before it runs", () => {
    const before = lines.slice(0, lines.indexOf("RUN npm ci")).filter((line) => line.startsWith("COPY "));
    const copied = before.flatMap((line) => line.split(" ").slice(1, -1));
    const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, unknown> };
    const own = Object.keys(packages).filter((path) => path !== "" && !path.startsWith("node_modules/"));
    expect(own).not.toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(["package.json", "package-lock.json", ".npmrc", ...own]));
  });

  it("has the attacks, where the program looks for them", () => {
    const there = mkdtempSync(join(tmpdir(), "image-"));
    const last = lines.slice(lines.indexOf("FROM ${BASE}")).filter((line) => line.startsWith("COPY content"));
    for (const [, from = "", to = ""] of last.map((line) => line.split(" ")))
      cpSync(join(root, from), join(there, to), { recursive: true });
    const { content } = carriedBy(pathToFileURL(join(there, "dist/main.js")).href);
    const found = attacksIn(content);
    expect(found.length).toBeGreaterThan(20);
    for (const { name } of found) expect(attackEvents(content, name), name).not.toEqual([]);
    rmSync(there, { recursive: true });
  });

  it("copies only what exists and is not left out of the build", () => {
    const ignored = text(".dockerignore").trim().split("\n");
    const sources = all("COPY")
      .filter((line) => !line.startsWith("--from="))
      .flatMap((line) => line.split(" ").slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((path) => !existsSync(join(root, path)) || ignored.includes(path))).toEqual([]);
  });
});
