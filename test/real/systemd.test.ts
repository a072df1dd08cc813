import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const text = readFileSync("./systemd/wandb-audit-forwarder.service", "utf8");
const [, substitution = ""] = /^sed "s\|(.*)\|" systemd/m.exec(readFileSync("./README.md", "utf8")) ?? [];

/** The unit as the set-up in README.md installs it on this machine. */
const folder = mkdtempSync(join(tmpdir(), "unit-"));
const unit = join(folder, "wandb-audit-forwarder.service");
const [pattern = "", replacement = ""] = substitution.split("|");
const installed = `${process.execPath} ${join(process.cwd(), "bin/wandb-audit-forwarder.js")}`;
writeFileSync(unit, text.replace(new RegExp(pattern, "m"), replacement.replace("$start", installed)));
afterAll(() => rmSync(folder, { recursive: true }));

const analyze = (...args: string[]) =>
  spawnSync("systemd-analyze", [...args, unit], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
const possible = analyze("security", "--offline=true").status === 0;

it.skipIf(!possible)("the systemd unit is one that systemd finds no fault with", () => {
  const { status, stdout, stderr } = analyze("verify");
  expect(stdout + stderr).not.toContain("wandb-audit-forwarder.service:");
  expect(status).toBe(0);
});

it.skipIf(!possible)("the systemd unit is exposed at most 1.5", () => {
  const { stdout } = analyze("security", "--offline=true", "--threshold=15");
  const level = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
  expect(Number(level)).toBeGreaterThan(0);
  expect(Number(level)).toBeLessThanOrEqual(1.5);
});

it("the systemd unit starts what it names in full, not what a PATH finds", () => {
  expect(text).toMatch(/^ExecStart=\/\S+\/node \/\S+\/wandb-audit-forwarder\.js run -c \/\S+$/m);
  expect(readFileSync(unit, "utf8")).toContain(`\nExecStart=${installed} run -c /etc/`);
});

it("the systemd unit starts the program with all that it would start itself again with", () => {
  const program = readFileSync("./bin/wandb-audit-forwarder.js", "utf8");
  const [, size] = /youngGeneration = "(.*)"/.exec(program) ?? [];
  const [, thrift = ""] = /thrift = \{ (.*) \}/.exec(program) ?? [];
  const variables = [...thrift.matchAll(/(\w+): "(\w+)"/g)].map(([, name, value]) => `${name}=${value}`);
  expect(variables).toHaveLength(2);
  expect(text).toContain(`\nEnvironment=NODE_OPTIONS=${size} ${variables.join(" ")}\n`);
});
