import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type HecReceiver, startHecReceiver } from "../../src/simulate/hec-receiver.ts";
import { seededRandom } from "../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../src/simulate/wandb-entry.ts";
import { startWandbServer, type WandbServer } from "../../src/simulate/wandb-server.ts";
import { systemClock } from "../../src/time/clock.ts";
import { eventually } from "../system/whole/daemon.ts";

const here = join(import.meta.dirname, "image");
const place = spawnSync(join(here, "build"), ["--place"], { encoding: "utf8" }).stdout.trim();
const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const why = !existsSync(join(place, "settings.json"))
  ? "skipped: test/real/image/build was not run for this state of the project"
  : process.getuid?.() === 0 &&
      runs("unshare", "-m", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/mnt")
    ? ""
    : "skipped: needs root and mount namespaces";
/** What `deploy/compose.yaml` and the chart limit it to. */
const limit = 512 * 2 ** 20;
const group = `/sys/fs/cgroup/memory/forwarder-${process.pid}`;
const limits = existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes") && canLimit();

function canLimit(): boolean {
  try {
    mkdirSync(group);
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

interface Settings {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly StopSignal: string;
  readonly Volumes: Readonly<Record<string, object>>;
}

const settings = (): Settings => JSON.parse(readFileSync(join(place, "settings.json"), "utf8")).Docker.config;

let wandb: WandbServer;
let hec: HecReceiver;
let folder: string;
const running: ChildProcess[] = [];
const random = seededRandom(5);

beforeEach(async () => {
  wandb = await startWandbServer({ clock: systemClock, random });
  hec = await startHecReceiver({ keep: 1_000_000 });
  folder = mkdtempSync(join(tmpdir(), "image-"));
  mkdirSync(join(folder, "secrets"));
  for (const name of ["wandb-api-key", "hec-token", "admin-token"])
    writeFileSync(join(folder, "secrets", name), "00000000-0000-4000-8000-000000000000\n", { mode: 0o444 });
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await wandb.close();
  await hec.close();
  rmSync(folder, { recursive: true, force: true });
  if (existsSync(group)) rmdirSync(group);
});

function grow(count: number): void {
  for (let n = 0; n < count; n++)
    wandb.log.append(wandbEntry(random, Date.now() - random() * 20 * 3_600_000));
}

/** The configuration of the compose file, with the addresses of the servers here. */
function configure(): void {
  const config = parse(readFileSync(join(here, "../../../deploy/config.yaml"), "utf8"));
  Object.assign(config.sources[0], { url: wandb.url, poll_interval: "1s" });
  Object.assign(config.outputs[0], { url: hec.url });
  Object.assign(config.admin, { listen: "127.0.0.1:0" });
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config), { mode: 0o644 });
}

/**
 * The image's command with its variables, as its user without any capability, on its files that cannot be written, with a
 * volume at the state alone; `state` stays between two of one test.
 */
function container(args: readonly string[], state = "state"): ChildProcess & { text: () => string } {
  const { Env, Entrypoint, User } = settings();
  const [user = "", itsGroup = ""] = User.split(":");
  mkdirSync(join(folder, "root"), { recursive: true });
  const script = `
set -e
root=${folder}/root
${limits ? `mkdir -p ${group}; echo ${limit} > ${group}/memory.limit_in_bytes; echo $$ > ${group}/tasks` : ""}
mount --bind ${place}/root $root
mount -o remount,bind,ro $root
mount -t proc proc $root/proc
mount -t tmpfs -o mode=755 tmpfs $root/run
mount -t tmpfs -o mode=755 tmpfs $root/etc
mkdir -p $root/run/secrets $root/etc/wandb-audit-forwarder ${folder}/${state}
chown ${User} ${folder}/${state}; chmod 700 ${folder}/${state}
mount --bind ${folder}/secrets $root/run/secrets
touch $root/etc/wandb-audit-forwarder/config.yaml
mount --bind -o ro ${folder}/config.yaml $root/etc/wandb-audit-forwarder/config.yaml
mount --bind ${folder}/${state} $root/var/lib/wandb-audit-forwarder
cd $root
exec env -i ${Env.map((each) => `'${each}'`).join(" ")} \
  chroot $root setpriv --reuid ${user} --regid ${itsGroup} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs -- \
  "$@"
`;
  const child = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "bash", "-c", script, "bash", ...Entrypoint, ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  running.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (piece: Buffer) => {
      text += piece.toString();
    });
  return Object.assign(child, { text: () => text });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));

describe.skipIf(why !== "")(`the image, built by buildah ${why}`, { timeout: 120_000 }, () => {
  it("is what the Dockerfile says", () => {
    const { User, Cmd, Healthcheck, StopSignal, Volumes } = settings();
    expect([User, Cmd, StopSignal]).toEqual(["65532:65532", ["run"], "SIGTERM"]);
    expect(Healthcheck.Test).toEqual(["CMD", "node", "/app/bin/wandb-audit-forwarder.js", "healthcheck"]);
    expect(Object.keys(Volumes)).toEqual(["/var/lib/wandb-audit-forwarder"]);
    for (const sdk of [
      "@aws-sdk/client-s3",
      "@azure/storage-blob",
      "@google-cloud/storage",
      "@platformatic/kafka",
    ])
      expect(existsSync(join(place, "root/app/node_modules", sdk, "package.json")), sdk).toBe(true);
    for (const tool of ["vitest", "typescript", "@biomejs/biome"])
      expect(existsSync(join(place, "root/app/node_modules", tool, "package.json")), tool).toBe(false);
  });

  it("has what a rehearsal of an alert sends, and nothing of the tests", async () => {
    configure();
    const listed = container(["simulate", "--attack", "list"]);
    expect(await ended(listed), listed.text()).toBe(0);
    expect(listed.text()).toContain("team-deletion");
    for (const left of ["test", "src", "deploy", "docs"])
      expect(existsSync(join(place, "root/app", left)), left).toBe(false);
  });

  it("checks, delivers and stops on a read-only root, as its user, with the compose file's configuration", async () => {
    configure();
    grow(2_000);
    const check = container(["check"], "checked");
    expect(await ended(check), check.text()).toBe(0);
    const daemon = container(["run"]);
    await eventually("all arrived", () => hec.count() - hec.own() >= 2_000, 60_000);
    const health = container(["healthcheck"]);
    expect(await ended(health), health.text()).toBe(0);
    grow(10);
    await eventually("what is new arrived", () => hec.count() - hec.own() >= 2_010, 60_000);
    const stopped = ended(daemon);
    daemon.kill("SIGTERM");
    expect(await stopped, daemon.text()).toBe(0);
    const again = container(["run", "--once"]);
    expect(await ended(again), again.text()).toBe(0);
    expect(hec.count() - hec.own(), "nothing came twice").toBe(2_010);
  });

  it.skipIf(!limits)(
    `reads a hundred thousand entries within the memory that it is limited to ${limits ? "" : "(skipped: needs a cgroup of version 1 for memory)"}`,
    async () => {
      configure();
      grow(100_000);
      const once = container(["run", "--once"]);
      expect(await ended(once), once.text()).toBe(0);
      expect(hec.count() - hec.own()).toBe(100_000);
      const file = (name: string) => Number(readFileSync(join(group, name), "utf8"));
      expect(file("memory.limit_in_bytes")).toBe(limit);
      expect(file("memory.max_usage_in_bytes")).toBeGreaterThan(50 * 2 ** 20);
    },
  );
});
