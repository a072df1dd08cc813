import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildPlace } from "../../../packaging/build-place.ts";
import { buildExecutables } from "../../../packaging/executable.ts";
import { startAzureServer } from "../../../src/simulate/azure-server.ts";
import { startGcsServer } from "../../../src/simulate/gcs-server.ts";
import { startHecReceiver } from "../../../src/simulate/hec-receiver.ts";
import { startKafkaReceiver } from "../../../src/simulate/kafka-receiver.ts";
import { ObjectStore } from "../../../src/simulate/object-store.ts";
import { startS3Server } from "../../../src/simulate/s3-server.ts";
import { seededRandom } from "../../../src/simulate/seeded-random.ts";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import { startWandbServer } from "../../../src/simulate/wandb-server.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { eventually, startProcess, workplace } from "./daemon.ts";

const root = join(import.meta.dirname, "../../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const out = mkdtempSync(join(tmpdir(), "executable-"));
let executable: string;

beforeAll(async () => {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  const built = await buildExecutables([architecture], buildPlace({ ...process.env, PACKAGE_OUT: out }));
  [executable = ""] = built.executables.map(({ file }) => file);
}, 300_000);
afterAll(() => rmSync(out, { recursive: true }));

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A folder in which everything that a program may look for is a trap: who loads it leaves a mark. */
function trap() {
  const folder = mkdtempSync(join(tmpdir(), "trap-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const mark = join(folder, "loaded");
  const write = (file: string, text: string) => {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const code = `process.getBuiltinModule("node:fs").appendFileSync(${JSON.stringify(mark)}, __filename + "\\n");\n`;
  const optional = ["supports-color", "protobufjs", "@node-rs/crc32", "@aws-sdk/signature-v4-crt", "undici"];
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const known = Object.keys(lock.packages).flatMap((path) => path.split("node_modules/").at(-1) || []);
  for (const name of [...known, ...optional]) write(`node_modules/${name}/index.js`, code);
  for (const file of ["main.js", "run.js", "start.cjs", "dist/main.js", "dist/run.js"]) write(file, code);
  write("first.cjs", code);
  return {
    folder,
    first: join(folder, "first.cjs"),
    marks: () => (existsSync(mark) ? readFileSync(mark, "utf8") : ""),
  };
}

const run = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
  spawnSync(executable, args, {
    encoding: "utf8",
    timeout: 60_000,
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...options.env },
  });

/** Sources in each store and an output to Kafka: everything that brings a package of a vendor along. */
async function everySdk(stateDir: string) {
  const servers = await Promise.all(
    [startS3Server, startGcsServer, startAzureServer].map((start) => start(new ObjectStore())),
  );
  const kafka = await startKafkaReceiver();
  closing.push(...servers.map((server) => () => server.close()), () => kafka.close());
  const [s3, gs, az] = servers.map(({ url }) => url);
  const common = "type: bucket, instance: a.example";
  return `state_dir: ${stateDir}
sources:
  - { name: s3, ${common}, url: "s3://logs/wandb-audit-logs", endpoint: "${s3}", access_key_id: id, secret_access_key: secret-0123456789 }
  - { name: gs, ${common}, role: verify, url: "gs://logs/wandb-audit-logs", endpoint: "${gs}" }
  - { name: az, ${common}, role: verify, url: "az://acme/logs/wandb-audit-logs", endpoint: "${az}/acme", account_key: c2VjcmV0LTAxMjM0NTY3ODk= }
outputs: [{ name: stream, type: kafka, brokers: ["${kafka.address}"], topic: ${kafka.topic}, transport: plaintext }]
admin: { listen: off }
`;
}

describe("the single executable", () => {
  it("says its version, and finds the detections in itself", () => {
    expect(run(["--version"])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
    const { stdout } = run(["simulate", "--attack", "list"]);
    const cards = readdirSync(join(root, "content/detections")).filter((file) => file.endsWith(".yml"));
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => `${line.split(" ")[0]}.yml`),
    ).toEqual(cards.sort());
  });

  it("loads the packages of every vendor from itself, whatever lies in the folder it runs in", async () => {
    const { folder, first, marks } = trap();
    const place = workplace(() => "");
    closing.push(() => place.remove());
    place.write(await everySdk(place.stateDir));
    const env = {
      NODE_PATH: join(folder, "node_modules"),
      NODE_OPTIONS: `--require ${first} --import ${first}`,
    };
    const check = startProcess(executable, ["check", "-c", place.config], env, folder);
    const { code } = await check.exited;
    expect(check.stdout() + check.stderr()).not.toMatch(/not installed|does not carry/);
    expect(check.stdout()).toMatch(/s3.*\n(.*\n)*.*gs.*\n(.*\n)*.*az.*\n(.*\n)*.*stream/);
    expect({ code, stderr: check.stderr() }).toEqual({ code: 0, stderr: "" });
    expect(marks()).toBe("");
    // The trap works: it has Node itself, which does look there.
    execFileSync(process.execPath, ["-e", "import('yaml')"], { cwd: folder });
    expect(marks()).toMatch(/yaml/);
    execFileSync(process.execPath, ["-e", "0"], { env: { NODE_OPTIONS: `--require ${first}` } });
    expect(marks()).toMatch(/first\.cjs/);
  });

  it("delivers from its thread, with the settings of the allocator, and loses nothing by a kill", async () => {
    const random = seededRandom(5);
    const wandb = await startWandbServer({ clock: systemClock, random });
    const hec = await startHecReceiver();
    const { folder, first, marks } = trap();
    const place = workplace(
      (stateDir) => `state_dir: ${stateDir}
sources: [{ name: prod, type: wandb_api, url: "${wandb.url}", instance: a.example, api_key: some-key-1, poll_interval: 1s }]
outputs: [{ name: siem, type: splunk_hec, url: "${hec.url}", token: 00000000-0000-4000-8000-000000000000, batch: { max_events: 7, max_wait: 10ms } }]
admin: { listen: off }
`,
    );
    closing.push(
      () => wandb.close(),
      () => hec.close(),
      () => place.remove(),
    );
    const grow = () => {
      for (let made = 0; made < 50; made++) wandb.log.append(wandbEntry(random, systemClock.now()));
    };
    const start = () => {
      const env = { NODE_OPTIONS: `--require ${first}`, NODE_PATH: join(folder, "node_modules") };
      const daemon = startProcess(executable, ["run", "-c", place.config], env, folder);
      closing.push(() => daemon.kill("SIGKILL"));
      return daemon;
    };
    grow();
    const killed = start();
    await eventually("it delivers", () => hec.count() >= 50);
    const threads = readdirSync(`/proc/${killed.pid}/task`).map((id) =>
      readFileSync(`/proc/${killed.pid}/task/${id}/comm`, "utf8").trim(),
    );
    expect(threads).toContain("delivery");
    const environment = readFileSync(`/proc/${killed.pid}/environ`, "utf8").split("\0");
    expect(environment).toEqual(
      expect.arrayContaining(["MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=262144"]),
    );
    expect(killed.stderr()).toBe("");
    grow();
    await eventually("it goes on", () => hec.count() >= 57);
    killed.kill("SIGKILL");
    await killed.exited;

    const before = wandb.taken().length;
    const again = start();
    // All may have come from the one before it: until it reads, no signal is for it yet.
    await eventually("it reads", () => wandb.taken().length > before);
    await eventually(
      "everything is there",
      () => new Set(hec.taken().map(({ fields }) => fields?.event_uid)).size === 100,
    );
    // A debugger's port would let in whoever is on this machine.
    again.kill("SIGUSR1");
    again.kill("SIGTERM");
    expect(await again.exited).toEqual({ code: 0, signal: null });
    expect(again.stderr()).toBe("");
    expect(marks()).toBe("");
  });

  it("shows itself in the demo", async () => {
    const demo = startProcess(executable, ["demo", "--duration", "5s"]);
    closing.push(() => demo.kill("SIGKILL"));
    const { code } = await demo.exited;
    expect(demo.stderr()).toBe("");
    expect(demo.stdout()).toMatch(/output vault: delivered [1-9]/);
    expect(code).toBe(0);
  });
});
