import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utcDayOfMs } from "../../src/time/clock.ts";
import { line } from "../source/wandb-api/reading.ts";
import { type RunningStore, startStoreServer, storeIsHere, whyNoStore } from "./stores.ts";

const program = join(import.meta.dirname, "../../bin/wandb-audit-forwarder.js");
const root = { id: "test-access-key", secret: "test-secret-key" };
const day = utcDayOfMs(Date.now()) - 2;

let place: string;
let server: RunningStore;
let client: S3Client;

beforeEach(async () => {
  if (!storeIsHere("s3")) return;
  place = mkdtempSync(join(tmpdir(), "archive-daemon-"));
  mkdirSync(join(place, "in"));
  server = await startStoreServer("s3");
  client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${server.port}`, region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: root.id, secretAccessKey: root.secret },
  });
  await client.send(new CreateBucketCommand({ Bucket: "audit", ObjectLockEnabledForBucket: true }));
  writeFileSync(
    join(place, "config.yaml"),
    `state_dir: ${join(place, "state")}
sources:
  - { name: prod, type: file, path: "${join(place, "in")}/*.ndjson", instance: acme, start: 30d, poll_interval: 1s }
outputs:
  - name: vault
    type: archive
    url: s3://audit/wandb
    endpoint: http://127.0.0.1:${server.port}
    access_key_id: ${root.id}
    secret_access_key: "\${STORE_SECRET}"
    retain: 1d
    roll: 1s
    attest: true
    batch: { max_events: 40 }
    retry: { min_backoff: 10ms, max_backoff: 100ms }
admin: { listen: "off" }
`,
    { mode: 0o600 },
  );
}, 60_000);
afterEach(async () => {
  client?.destroy();
  await server?.close();
  if (place !== undefined) rmSync(place, { recursive: true, force: true });
});

function start(...args: string[]) {
  return spawn(process.execPath, [program, ...args, "-c", join(place, "config.yaml")], {
    env: { PATH: process.env.PATH, STORE_SECRET: root.secret },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(...args: string[]) {
  const child = start(...args);
  const [out, , [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: code as number, out };
}

const objects = async () => (await client.send(new ListObjectsV2Command({ Bucket: "audit" }))).KeyCount ?? 0;

describe.skipIf(!storeIsHere("s3"))(
  `a daemon that archives into a locked bucket (${whyNoStore("s3")})`,
  () => {
    it("has each record there once, whenever it is killed, and a chain that holds", {
      timeout: 180_000,
    }, async () => {
      const records: string[] = [];
      for (let kills = 0; kills < 6; kills++) {
        const more = Array.from({ length: 100 }, (_, at) => line(day, kills * 100 + at));
        records.push(...more);
        writeFileSync(join(place, "in", `${kills}.ndjson`), more.map((each) => `${each}\n`).join(""));
        const before = await objects();
        const child = start("run");
        const exited = once(child, "exit");
        for (let look = 0; look < 400 && (await objects()) === before; look++)
          await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill("SIGKILL");
        await exited;
      }
      expect((await run("run", "--once")).code).toBe(0);
      const { code, out } = await run("archive", "extract", "--raw", "--source", "prod");
      expect([code, out.trim().split("\n").sort()]).toEqual([0, [...records].sort()]);
      const verified = await run("archive", "verify", "--json");
      expect([verified.code, JSON.parse(verified.out).faults]).toEqual([0, []]);
      // Nothing was ever put over another thing: each name has one version.
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: "audit" }));
      expect(new Set(Versions.map(({ Key }) => Key)).size).toBe(Versions.length);
    });
  },
);
