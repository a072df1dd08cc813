import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ConfigFiles } from "../../src/command/config-files.ts";
import { readAgain } from "../../src/command/read-again.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const yaml = (stateDir: string, more = "") => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "https://a.example", api_key: some-key-1 }
outputs:
  - { name: splunk, type: splunk_hec, url: "https://b.example", token: a-token-of-ours }
${more}`;

const inUse = (config: Config) => ({ config, listen: config.admin.listen });

function reloaded(more: string, edit = (text: string) => text) {
  const place = workplace(yaml);
  closing.push(() => place.remove());
  const terminal = fakeTerminal();
  const current = loadConfig(place.config, terminal);
  place.write(edit(yaml(place.stateDir, more)));
  return readAgain(place.config, inUse(current), new ConfigFiles(), terminal);
}

describe("a configuration that is read again", () => {
  it("is unchanged", async () => {
    expect(await reloaded("")).toEqual({ report: { type: "config_unchanged" } });
  });

  it("is another one", async () => {
    const { next, report } = await reloaded("shutdown_timeout: 5s");
    expect(next?.config.shutdownTimeout).toBe(5_000);
    expect(report).toEqual({ type: "config_reloaded" });
  });

  it("is another one where a secret is read from another file of the same value", async () => {
    const place = workplace(yaml);
    closing.push(() => place.remove());
    const terminal = fakeTerminal();
    const from = (name: string) => {
      const file = join(place.stateDir, "..", name);
      writeFileSync(file, "a-key-in-a-file\n", { mode: 0o600 });
      place.write(yaml(place.stateDir).replace("some-key-1", `"\${file:${file}}"`));
      return file;
    };
    from("old");
    const current = loadConfig(place.config, terminal);
    const again = () => readAgain(place.config, inUse(current), new ConfigFiles(), terminal);
    expect((await again()).report).toEqual({ type: "config_unchanged" });
    const file = from("new");
    const { next, report } = await again();
    expect(report).toEqual({ type: "config_reloaded" });
    expect(next?.config.secrets.find(({ owner }) => owner === "prod")?.files).toEqual([file]);
  });

  it("cannot be used: with the first problem and how many there are", async () => {
    const { next, report } = await reloaded("shutdown_timeot: 5s\nlog: { level: a-token-of-ours }");
    expect(next).toBeUndefined();
    expect(report).toMatchObject({ type: "config_rejected", problems: 2 });
    expect(JSON.stringify(report)).toMatch(/config\.yaml:\d+:1: .*shutdown_timeot/);
    expect(JSON.stringify(report)).not.toContain("a-token-of-ours");
  });

  it("is found unusable when something else has its port, and not when the daemon has it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    closing.push(() => other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { next, report } = await reloaded(`admin: { listen: "127.0.0.1:${port}" }`);
    expect(next).toBeUndefined();
    expect(report).toMatchObject({
      type: "config_rejected",
      first: expect.stringMatching(/127\.0\.0\.1:\d+ \(admin\.listen\): the port is in use/),
    });
    const place = workplace(yaml);
    closing.push(() => place.remove());
    const terminal = fakeTerminal();
    const config = loadConfig(place.config, terminal);
    place.write(yaml(place.stateDir, `admin: { listen: "127.0.0.1:${port}" }`));
    const read = await readAgain(
      place.config,
      { config, listen: { host: "127.0.0.1", port } },
      new ConfigFiles(),
      terminal,
    );
    expect(read.report).toEqual({ type: "config_reloaded" });
  });

  it("is found unusable when this machine does not have its address, though the port stays", async () => {
    const { next, report } = await reloaded('admin: { listen: "192.0.2.1:9464", token: some-token-of-ours }');
    expect(next).toBeUndefined();
    expect(report).toMatchObject({
      type: "config_rejected",
      first: expect.stringContaining("this machine does not have that address"),
    });
  });

  it("is another one when it adds addresses to the one that the daemon has", async () => {
    const own = createServer().listen(0, "127.0.0.1");
    closing.push(() => own.close());
    await once(own, "listening");
    const { port } = own.address() as AddressInfo;
    const listening = (host: string) => `admin: { listen: "${host}:${port}", token: some-token-of-ours }`;
    const place = workplace((stateDir) => yaml(stateDir, listening("127.0.0.1")));
    closing.push(() => place.remove());
    const terminal = fakeTerminal();
    const config = loadConfig(place.config, terminal);
    place.write(yaml(place.stateDir, listening("0.0.0.0")));
    const { report } = await readAgain(place.config, inUse(config), new ConfigFiles(), terminal);
    expect(report).toEqual({ type: "config_reloaded" });
  });

  it("is found unusable when a certificate file that it names is missing, before anything is stopped", async () => {
    const tls =
      "outputs: [{ name: soc, type: syslog, address: tls://c.example, tls: { ca: /nowhere/ca.pem } }]";
    const { next, report } = await reloaded(tls, (text) => text.replace(/outputs:\n.*\n/, ""));
    expect(next).toBeUndefined();
    expect(report).toMatchObject({
      type: "config_rejected",
      first: expect.stringContaining("/nowhere/ca.pem"),
    });
  });
});
