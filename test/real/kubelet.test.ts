import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../../src/random.ts";
import { type HecReceiver, startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer, type WandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { loosenAsKubelet, rotateSecret, secretVolume } from "../fake/kubelet.ts";
import { eventually } from "../system/whole/daemon.ts";

/** The image's user, whom /etc/passwd does not know. */
const user = 65_532;
const program = join(import.meta.dirname, "../../bin/wandb-audit-forwarder.js");
const confined = [
  "setpriv",
  "--reuid",
  `${user}`,
  "--regid",
  `${user}`,
  "--clear-groups",
  "--bounding-set=-all",
  "--inh-caps=-all",
];

const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const possible =
  process.getuid?.() === 0 &&
  runs("unshare", "-m", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/mnt") &&
  runs("nsenter", "--version") &&
  // The working copy may be where only its owner gets.
  runs(confined[0] as string, ...confined.slice(1), process.execPath, program, "--version");
const needs = "(skipped: needs root, mount namespaces, setpriv and a working copy that others may read)";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let pod: Pod;
let wandb: WandbServer;
let hec: HecReceiver;
const token = "00000000-0000-4000-8000-000000000000";

beforeEach(async () => {
  if (!possible) return;
  wandb = await startWandbServer({
    clock: systemClock,
    random: systemRandom.number,
    apiKey: "key-of-the-first-day",
  });
  hec = await startHecReceiver({ token });
  closing.push(
    () => wandb.close(),
    () => hec.close(),
  );
  const random = seededRandom(5);
  for (let count = 0; count < 40; count++) wandb.log.append(wandbEntry(random, Date.now() - 3_600_000));
  pod = await startPod();
});

/** A mount namespace with three volumes, each a tmpfs of its own. */
interface Pod {
  readonly state: string;
  readonly secrets: string;
  /** The same path as it is reached from outside. */
  outside(path: string): string;
  /** Starts the program as the image's user. */
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): ChildProcess;
  /** Runs the program to its end. */
  run(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | null; readonly said: string }>;
  configure(stateDir: string): void;
}

async function startPod(): Promise<Pod> {
  const folder = mkdtempSync(join(tmpdir(), "pod-"));
  chmodSync(folder, 0o755);
  const [state = "", secrets = ""] = ["state", "secrets"].map((name) => join(folder, name));
  for (const path of [state, secrets]) mkdirSync(path);
  const mounts = [state, secrets].map((path) => `mount -t tmpfs -o mode=0755 tmpfs ${path}`).join(" && ");
  const keeper = spawn(
    "unshare",
    ["-m", "--propagation", "private", "sh", "-c", `${mounts} && echo ready && exec cat`],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  closing.push(async () => {
    keeper.kill("SIGKILL");
    await once(keeper, "exit");
    rmSync(folder, { recursive: true });
  });
  await once(keeper.stdout, "data");
  const config = join(folder, "config.yaml");
  const line = ["-t", `${keeper.pid}`, "-m", ...confined, process.execPath, program];
  const env = (environment: object) => ({
    PATH: process.env.PATH ?? "",
    NO_COLOR: "1",
    KUBERNETES_SERVICE_HOST: "10.0.0.1",
    ...environment,
  });
  const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    spawn("nsenter", [...line, ...args, "-c", config], {
      env: env(environment),
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    state,
    secrets,
    outside: (path) => join(`/proc/${keeper.pid}/root`, path),
    start,
    async run(args, environment) {
      const child = start(args, environment);
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (piece: Buffer) => {
          said += piece.toString();
        });
      const [code] = await once(child, "close");
      return { code, said };
    },
    configure: (stateDir) =>
      writeFileSync(
        config,
        `
state_dir: ${stateDir}
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${file:${secrets}/key}", start: 3d, poll_interval: 1s }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${file:${secrets}/token}", batch: { max_wait: 10ms } }
admin: { listen: off }
spool: { max_bytes: 64MiB }
log: { format: json }
`,
        { mode: 0o644 },
      ),
  };
}

const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const values = { key: "key-of-the-first-day", token };

describe("in a pod", () => {
  it.skipIf(!possible)(
    `a volume that the kubelet opens at each mount keeps the state, private ${needs}`,
    { timeout: 120_000 },
    async () => {
      const volume = pod.outside(pod.state);
      secretVolume(pod.outside(pod.secrets), values, 0o440);
      loosenAsKubelet(pod.outside(pod.secrets), user, "read-only");
      loosenAsKubelet(volume, user);
      expect([statSync(volume).uid, statSync(volume).gid, mode(volume)]).toEqual([0, user, "2775"]);

      pod.configure(pod.state);
      const mountPoint = {
        code: 3,
        said: expect.stringContaining(`set state_dir to a folder in it, such as ${pod.state}/state`),
      };
      expect(await pod.run(["run", "--once"])).toEqual(mountPoint);
      expect(await pod.run(["check", "--offline"])).toEqual({ ...mountPoint, code: 1 });

      const stateDir = `${pod.state}/state`;
      pod.configure(stateDir);
      const fresh = await pod.run(["check"]);
      expect(fresh).toMatchObject({
        code: 0,
        said: expect.stringContaining("will be made at the first start"),
      });
      expect(await pod.run(["run", "--once"])).toMatchObject({
        code: 0,
        said: expect.not.stringContaining('"level":"warn"'),
      });
      expect(hec.count()).toBe(40);

      for (let remount = 0; remount < 2; remount++) {
        loosenAsKubelet(volume, user);
        expect(mode(join(volume, "state"))).toBe("2770");
        expect(await pod.run(["check"])).toMatchObject({
          code: 0,
          said: expect.stringContaining("open to other users: the directory (mode 2770)"),
        });
        expect(mode(join(volume, "state"))).toBe("2770");
        expect(await pod.run(["run", "--once"])).toMatchObject({
          code: 0,
          said: expect.stringContaining('"type":"state_tightened"'),
        });
        const names = readdirSync(join(volume, "state")).filter((name) => name !== "control.sock");
        expect([
          mode(join(volume, "state")),
          ...names.map((name) => mode(join(volume, "state", name))),
        ]).toEqual(["700", ...names.map(() => "600")]);
      }
      const after = await pod.run(["check"]);
      expect(after).toMatchObject({ code: 0, said: expect.stringContaining("private and writable") });
      expect(hec.count(), "nothing twice").toBe(40);
    },
  );

  it.skipIf(!possible).each([
    ["the kubelet's default, 0644 behind ..data", (folder: string) => secretVolume(folder, values, 0o644)],
    [
      "the Secrets Store CSI driver, 0644 on a tmpfs",
      (folder: string) => plainFiles(folder, { uid: 0, gid: 0, mode: 0o644 }),
    ],
    [
      "Vault Agent, of its own user in a volume that the kubelet opens once more",
      (folder: string) => {
        chmodSync(folder, 0o777);
        plainFiles(folder, { uid: 100, gid: 1000, mode: 0o644 });
        loosenAsKubelet(folder, user);
      },
    ],
  ])(
    `a secret as %s is a warning, and exit code 2 outside of a container ${needs}`,
    { timeout: 60_000 },
    async (_, lay) => {
      loosenAsKubelet(pod.outside(pod.state), user);
      pod.configure(`${pod.state}/state`);
      lay(pod.outside(pod.secrets));
      const { code, said } = await pod.run(["run", "--once"]);
      expect({ code, said }).toMatchObject({
        code: 0,
        said: expect.stringContaining('"type":"config_warning"'),
      });
      expect(said).toContain("everybody in this container may read the secret");
      expect(said).not.toContain("key-of-the-first-day");
      expect(hec.count()).toBe(40);
      expect(await pod.run(["check"])).toMatchObject({
        code: 0,
        said: expect.stringContaining("everybody in this container"),
      });
      expect((await pod.run(["run", "--once"], { container: "oci", KUBERNETES_SERVICE_HOST: "" })).code).toBe(
        0,
      );
      expect(await pod.run(["run", "--once"], { KUBERNETES_SERVICE_HOST: "" })).toEqual({
        code: 2,
        said: expect.stringContaining("too many may read the secret"),
      });
    },
  );

  it.skipIf(!possible)(
    `a secret that the kubelet replaces is used as soon as the old one is refused ${needs}`,
    { timeout: 60_000 },
    async () => {
      loosenAsKubelet(pod.outside(pod.state), user);
      pod.configure(`${pod.state}/state`);
      secretVolume(pod.outside(pod.secrets), values, 0o440);
      loosenAsKubelet(pod.outside(pod.secrets), user, "read-only");
      const daemon = pod.start(["run"]);
      let said = "";
      daemon.stdout?.on("data", (piece: Buffer) => {
        said += piece.toString();
      });
      await eventually("the first events arrive", () => hec.count() === 40);
      wandb.behave({ apiKey: "key-of-the-second-day" });
      await eventually("the old key is refused", () => said.includes('"type":"source_held"'));
      rotateSecret(
        pod.outside(pod.secrets),
        { ...values, key: "key-of-the-second-day" },
        { gid: user, mode: 0o440 },
      );
      wandb.log.append(wandbEntry(seededRandom(6), Date.now()));
      await eventually("the new key is used", () => hec.count() - hec.own() === 41);
      expect(said).toContain('"type":"secret_reloaded"');
      daemon.kill("SIGTERM");
      expect((await once(daemon, "exit"))[0]).toBe(0);
    },
  );
});

function plainFiles(folder: string, { uid, gid, mode }: { uid: number; gid: number; mode: number }): void {
  for (const [name, text] of Object.entries(values)) {
    writeFileSync(join(folder, name), text);
    chownSync(join(folder, name), uid, gid);
    chmodSync(join(folder, name), mode);
  }
}
