import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const unit = "./systemd/wandb-audit-forwarder.service";
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
