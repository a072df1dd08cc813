import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { groupId } from "../../src/init/group-id.ts";
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
  const placement = servicePlacement(
    join(folder, "etc/config.yaml"),
    join(folder, "unit.d/credentials.conf"),
  );
  const secrets = new Map([
    ["wandb-api-key", "k"],
    ["hec-token", "t"],
  ]);
  const unit = ["LoadCredential=hec-token:/etc/hec-token", "ReadWritePaths=-/srv/audit"];
  return { placement, text: "sources: []\n", secrets, unit, group: undefined, ...more };
}

it("writes secrets and configuration for their owner alone, whatever the umask is", () => {
  const written = layDown(options());
  const at = (name: string) => join(folder, "etc", name);
  expect(written).toEqual([
    at("credentials/wandb-api-key"),
    at("credentials/hec-token"),
    join(folder, "unit.d/credentials.conf"),
    at("config.yaml"),
  ]);
  expect([
    mode(at("")),
    mode(at("credentials")),
    mode(at("credentials/hec-token")),
    mode(at("config.yaml")),
  ]).toEqual(["700", "700", "600", "600"]);
  expect(readFileSync(at("credentials/hec-token"), "utf8")).toBe("t\n");
  expect(readFileSync(join(folder, "unit.d/credentials.conf"), "utf8")).toBe(
    "[Service]\nLoadCredential=hec-token:/etc/hec-token\nReadWritePaths=-/srv/audit\n",
  );
  process.umask(0o077);
  rmSync(join(folder, "etc"), { recursive: true });
  rmSync(join(folder, "unit.d"), { recursive: true });
  layDown(options());
  expect([mode(join(folder, "unit.d")), mode(join(folder, "unit.d/credentials.conf"))]).toEqual([
    "755",
    "644",
  ]);
});

it("lets the group of the service read the configuration", () => {
  process.umask(0o077);
  layDown(options({ group: process.getgid?.() }));
  const files = ["etc", "etc/config.yaml", "etc/credentials", "etc/credentials/hec-token"];
  expect(files.map((file) => mode(join(folder, file)))).toEqual(["2750", "640", "700", "600"]);
});

it("overwrites nothing, and leaves no configuration where a secret could not be written", () => {
  mkdirSync(join(folder, "etc/credentials"), { recursive: true });
  writeFileSync(join(folder, "etc/credentials/hec-token"), "of somebody");
  expect(() => layDown(options())).toThrow("EEXIST");
  expect(existsSync(join(folder, "etc/config.yaml"))).toBe(false);
  expect(readFileSync(join(folder, "etc/credentials/hec-token"), "utf8")).toBe("of somebody");
  writeFileSync(join(folder, "etc/config.yaml"), "of somebody");
  expect(() => layDown(options({ secrets: new Map() }))).toThrow("EEXIST");
  expect(readFileSync(join(folder, "etc/config.yaml"), "utf8")).toBe("of somebody");
});

it("keeps a drop-in that is there", () => {
  mkdirSync(join(folder, "unit.d"));
  writeFileSync(join(folder, "unit.d/credentials.conf"), "of somebody");
  expect(layDown(options())).not.toContain(join(folder, "unit.d/credentials.conf"));
  expect(readFileSync(join(folder, "unit.d/credentials.conf"), "utf8")).toBe("of somebody");
});

it("finds a group by its name alone", () => {
  const text = "root:x:0:\nwandb-audit-forwarder-x:x:7:\nwandb-audit-forwarder:x:998:me\nbroken\n";
  expect(groupId("wandb-audit-forwarder", text)).toBe(998);
  expect([groupId("nobody", text), groupId("broken", text)]).toEqual([undefined, undefined]);
});
