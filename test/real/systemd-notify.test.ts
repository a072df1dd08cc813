import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { systemRandom } from "../../src/random.ts";
import { startWandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { eventually, startProgram, workplace } from "../system/whole/daemon.ts";

/** Takes what systemd would take, and prints each message as a line of JSON. */
const receiver = `
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print("listens", flush=True)
while True:
    print(json.dumps(server.recv(65536).decode()), flush=True)
`;

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const possible = has("systemd-notify", "--version") && has("python3", "--version");

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serviceManager(path: string): Promise<{ told(): string[] }> {
  const child: ChildProcess = spawn("python3", ["-c", receiver, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  closing.push(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  let out = "";
  child.stdout?.on("data", (piece: Buffer) => {
    out += piece.toString();
  });
  await eventually("the receiver listens", () => out.includes("listens\n"));
  const messages = () =>
    out
      .split("\n")
      .slice(1, -1)
      .map((line) => JSON.parse(line) as string);
  // What follows each message is systemd-notify's own wait for its being processed.
  return { told: () => messages().filter((text) => !text.startsWith("BARRIER=")) };
}

it.skipIf(!possible)(
  "systemd is told that it is ready, reloads, lives and stops (skipped without systemd-notify and python3)",
  { timeout: 90_000 },
  async () => {
    const wandb = await startWandbServer({ clock: systemClock, random: systemRandom.number });
    const yaml = (stateDir: string) => `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", poll_interval: 1s }
outputs:
  - { name: soc, type: syslog, address: "tcp://127.0.0.1:9", format: json }
admin: { listen: off }
`;
    const place = workplace(yaml);
    closing.push(
      () => wandb.close(),
      () => place.remove(),
    );
    const path = join(place.folder, "notify");
    const systemd = await serviceManager(path);
    const daemon = startProgram(["run", "-c", place.config], {
      KEY: "some-key-for-tests",
      NOTIFY_SOCKET: path,
      WATCHDOG_USEC: "1500000",
    });
    closing.push(() => daemon.kill("SIGKILL"));
    const count = (text: string) => systemd.told().filter((one) => one.split("\n").includes(text)).length;
    await eventually("it is ready", () => count("READY=1") === 1);
    await eventually("it reads", () => systemd.told().some((text) => text.startsWith("STATUS=ready")));
    await eventually("it lives", () => count("WATCHDOG=1") >= 3);
    daemon.kill("SIGHUP");
    await eventually("a reload without news is over", () => count("READY=1") === 2);
    place.write(`${yaml(place.stateDir)}shutdown_timeout: 5s\n`);
    daemon.kill("SIGHUP");
    await eventually("the new configuration is used", () => count("READY=1") === 3);
    writeFileSync(place.config, "no: configuration");
    daemon.kill("SIGHUP");
    await eventually("the old one stays", () => count("READY=1") === 4);
    expect(count("RELOADING=1")).toBe(3);
    const lived = count("WATCHDOG=1");
    await eventually("it still lives", () => count("WATCHDOG=1") >= lived + 2);
    daemon.kill("SIGTERM");
    expect((await daemon.exited).code).toBe(0);
    await eventually("the stop is told", () => count("STOPPING=1") === 1);
    expect(systemd.told().join("\n")).not.toContain("some-key-for-tests");
    expect(daemon.stdout()).not.toContain("service_trouble");
  },
);
