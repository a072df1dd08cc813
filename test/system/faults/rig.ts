import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { isOwnPayload } from "../../../src/event/own-event.ts";
import { type HecReceiver, startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer, type WandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { type DaemonProcess, type Exit, startProgram, type Workplace, workplace } from "../whole/daemon.ts";

export const environment = {
  KEY: "some-key-for-tests",
  TOKEN: "00000000-0000-4000-8000-000000000000",
};

export interface RigOptions {
  /** More of the output's settings. */
  readonly output?: string;
  /** More lines of configuration. */
  readonly more?: string;
  readonly pollInterval?: string;
}

/** The real program between a stand-in W&B server and a stand-in Splunk. */
export interface Rig {
  readonly wandb: WandbServer;
  readonly hec: HecReceiver;
  readonly place: Workplace;
  readonly random: () => number;
  yaml(stateDir: string, pollInterval?: string): string;
  /** New entries of the last hours. */
  grow(count: number, hours?: number): void;
  start(...args: readonly string[]): DaemonProcess;
  /** `run --once`. */
  once(...args: readonly string[]): Promise<Exit & { readonly stderr: string }>;
  /** How many events of W&B arrived, each as often as it did. */
  arrived(): number;
  /** Every true event arrived, nothing else did but what the program tells of itself, and a uid always carries the same bytes. */
  expectWhole(): void;
  /** Keeps the state directory as it is now; the returned function brings it back. */
  snapshot(): () => void;
  close(): Promise<void>;
}

export async function rig({ output = "", more = "", pollInterval = "1s" }: RigOptions = {}): Promise<Rig> {
  const random = seededRandom(11);
  const wandb = await startWandbServer({ clock: systemClock, random });
  const hec = await startHecReceiver({ keep: 1_000_000 });
  const yaml = (stateDir: string, interval = pollInterval) => `
state_dir: ${stateDir}
shutdown_timeout: 2s
sources:
  - { name: prod, type: wandb_api, url: "${wandb.url}", instance: acme.example, api_key: "\${KEY}", start: 3d, poll_interval: ${interval} }
outputs:
  - { name: splunk, type: splunk_hec, url: "${hec.url}", token: "\${TOKEN}", format: raw, batch: { max_events: 50, max_wait: 10ms }, retry: { min_backoff: 20ms, max_backoff: 200ms, hold_interval: 200ms }${output} }
log: { level: info }
${more === "" ? "admin: { listen: off }" : more}
`;
  const place = workplace((stateDir) => yaml(stateDir));
  const running: DaemonProcess[] = [];
  const start = (...args: readonly string[]) => {
    const daemon = startProgram(["run", "-c", place.config, ...args], environment);
    running.push(daemon);
    return daemon;
  };
  return {
    wandb,
    hec,
    place,
    random,
    yaml,
    grow(count, hours = 20) {
      for (let n = 0; n < count; n++)
        wandb.log.append(wandbEntry(random, Date.now() - random() * hours * 3_600_000));
    },
    start,
    async once(...args) {
      const daemon = start("--once", ...args);
      return { ...(await daemon.exited), stderr: daemon.stderr() };
    },
    arrived: () => hec.count() - hec.own(),
    expectWhole() {
      const byUid = new Map<string, string>();
      for (const { event, fields, text: payload } of hec.taken()) {
        if (isOwnPayload(payload)) continue;
        const uid = String(fields?.event_uid);
        const text = JSON.stringify(event);
        expect(byUid.get(uid) ?? text).toBe(text);
        byUid.set(uid, text);
      }
      expect([...byUid.values()].sort()).toEqual(
        wandb.log
          .all()
          .map((line) => JSON.stringify(JSON.parse(line)))
          .sort(),
      );
    },
    snapshot() {
      const copy = join(place.folder, "snapshot");
      rmSync(copy, { recursive: true, force: true });
      cpSync(place.stateDir, copy, { recursive: true, mode: 0, filter: (path) => !path.endsWith(".sock") });
      return () => {
        rmSync(place.stateDir, { recursive: true, force: true });
        cpSync(copy, place.stateDir, { recursive: true });
        chmodSync(place.stateDir, 0o700);
      };
    },
    async close() {
      for (const daemon of running) daemon.kill("SIGKILL");
      await Promise.all(running.map(({ exited }) => exited));
      await wandb.close();
      await hec.close();
      place.remove();
    },
  };
}

/** Whether this machine lets us mount file systems that only one process sees. */
export const mayMount = spawnSync("unshare", ["-m", "true"]).status === 0;
export const mayLimit = spawnSync("prlimit", ["--version"]).status === 0;
export const mayTrace = spawnSync("strace", ["-V"]).status === 0;

const program = join(import.meta.dirname, "../../../bin/wandb-audit-forwarder.js");

/** The program at the end of another command, such as `prlimit` or `strace`. */
export function startUnder(
  command: readonly string[],
  args: readonly string[],
  more: Record<string, string> = {},
) {
  const [head, ...rest] = [...command, process.execPath, program, ...args];
  const child = spawn(head as string, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...environment, ...more },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => {
      text += piece.toString();
    });
  const exited = new Promise<Exit>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  return { child, pid: child.pid as number, exited, text: () => text };
}
