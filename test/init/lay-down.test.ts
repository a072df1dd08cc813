import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accountId } from "../../src/init/account-id.ts";
import { type LayDownOptions, layDown } from "../../src/init/lay-down.ts";
import { servicePlacement } from "../../src/init/placement.ts";

let folder: string;
let umask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

function options(more: Partial<LayDownOptions> = {}): LayDownOptions {
  const placement = servicePlacement(join(folder, "etc/config.yaml"), join(folder, "unit.d/init.conf"));
  const secrets = new Map([
    ["wandb-api-key", "k"],
    ["hec-token", "t"],
  ]);
  return {
    placement,
    text: "sources: []\n",
    secrets,
    unitLines: [`LoadCredential=hec-token:${folder}/etc/credentials/hec-token`],
    group: undefined,
    user: process.getuid?.(),
    ...more,
  };
}

it("writes secrets and configuration for their owner alone, whatever the umask is", () => {
  const written = layDown(options());
  const at = (name: string) => join(folder, "etc", name);
  expect(written).toEqual([
    at("credentials/wandb-api-key"),
    at("credentials/hec-token"),
    join(folder, "unit.d/init.conf"),
    at("config.yaml"),
  ]);
  expect([
    mode(at("")),
    mode(at("credentials")),
    mode(at("credentials/hec-token")),
    mode(at("config.yaml")),
  ]).toEqual(["700", "700", "600", "600"]);
  expect(readFileSync(at("credentials/hec-token"), "utf8")).toBe("t\n");
  expect(readFileSync(join(folder, "unit.d/init.conf"), "utf8")).toBe(
    `[Service]\nLoadCredential=hec-token:${at("credentials/hec-token")}\n`,
  );
  process.umask(0o077);
  rmSync(join(folder, "etc"), { recursive: true });
  rmSync(join(folder, "unit.d"), { recursive: true });
  layDown(options());
  expect(mode(join(folder, "unit.d/init.conf"))).toBe("644");
});

it.each([0, 0o077])("lets the group of the service read the configuration, whatever the umask is", (mask) => {
  process.umask(mask);
  // Another group than the user's own, where this user may give one.
  const group = process.getuid?.() === 0 ? 4_242 : process.getgid?.();
  layDown(options({ group }));
  const [etc, config, secret] = ["etc", "etc/config.yaml", "etc/credentials/hec-token"].map((name) =>
    statSync(join(folder, name)),
  );
  expect([etc?.gid, config?.gid]).toEqual([group, group]);
  expect([etc, config, secret].map((stat) => ((stat?.mode ?? 0) & 0o777).toString(8))).toEqual([
    "750",
    "640",
    "600",
  ]);
  expect(mode(join(folder, "unit.d"))).toBe("755");
});

it("lays nothing where others may put links and files in place of ours", () => {
  mkdirSync(join(folder, "etc"), { mode: 0o700 });
  mkdirSync(join(folder, "etc/credentials"));
  chmodSync(join(folder, "etc/credentials"), 0o777);
  expect(() => layDown(options())).toThrow("can be written by others");
  expect(readdirSync(join(folder, "etc/credentials"))).toEqual([]);
});

it("changes nothing behind a link that stands where a file should", () => {
  writeFileSync(join(folder, "of-somebody"), "of somebody", { mode: 0o600 });
  mkdirSync(join(folder, "etc"), { mode: 0o700 });
  symlinkSync(join(folder, "of-somebody"), join(folder, "etc/config.yaml"));
  expect(() => layDown(options({ group: process.getgid?.() }))).toThrow("EEXIST");
  expect([readFileSync(join(folder, "of-somebody"), "utf8"), mode(join(folder, "of-somebody"))]).toEqual([
    "of somebody",
    "600",
  ]);
});

it("overwrites nothing, and leaves no configuration where a secret could not be written", () => {
  mkdirSync(join(folder, "etc/credentials"), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "etc/credentials/hec-token"), "of somebody");
  expect(() => layDown(options())).toThrow("EEXIST");
  expect(existsSync(join(folder, "etc/config.yaml"))).toBe(false);
  expect(readFileSync(join(folder, "etc/credentials/hec-token"), "utf8")).toBe("of somebody");
  writeFileSync(join(folder, "etc/config.yaml"), "of somebody");
  expect(() => layDown(options({ secrets: new Map() }))).toThrow("EEXIST");
  expect(readFileSync(join(folder, "etc/config.yaml"), "utf8")).toBe("of somebody");
});

it("keeps a drop-in that is there", () => {
  mkdirSync(join(folder, "unit.d"), { mode: 0o755 });
  writeFileSync(join(folder, "unit.d/init.conf"), "of somebody");
  expect(layDown(options())).not.toContain(join(folder, "unit.d/init.conf"));
  expect(readFileSync(join(folder, "unit.d/init.conf"), "utf8")).toBe("of somebody");
});

it("finds a group by its name alone", () => {
  const text = "root:x:0:\nwandb-audit-forwarder-x:x:7:\nwandb-audit-forwarder:x:998:me\nbroken\n";
  expect(accountId("wandb-audit-forwarder", text)).toBe(998);
  expect([accountId("nobody", text), accountId("broken", text)]).toEqual([undefined, undefined]);
});
