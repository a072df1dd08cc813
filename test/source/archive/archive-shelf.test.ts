import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StoreError } from "../../../src/archive/archive-store.ts";
import { dayFolder } from "../../../src/archive/names.ts";
import { packings } from "../../../src/archive/packing.ts";
import { WandbLog } from "../../../src/simulate/wandb-log.ts";
import { archiveShelf } from "../../../src/source/archive/archive-shelf.ts";
import { archiveSourceKind } from "../../../src/source/archive/kind.ts";
import { anySourceKind } from "../../../src/source/configured.ts";
import { VolumeError } from "../../../src/source/stored-log/volume.ts";
import { sourceContract } from "../../contract/source-contract.ts";
import { MemoryArchive } from "../../fake/memory-archive.ts";
import { Keeper, line, noon, seeded, type TestClock, testClock, today } from "../wandb-api/reading.ts";

const never = new AbortController().signal;
const instance = "test";

/** As an archive keeps it. */
function archived(record: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const where = { date: "2026-08-01", uid: "ab".repeat(16), source: "prod", instance };
  return `${JSON.stringify({ ...where, first_seen: "2026-08-01T00:00:00Z", record, ...fields })}\n`;
}

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "archive-source-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

let written = 0;
function write(folder: string, name: string, bytes: Buffer) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  // Whoever writes it again has another time.
  utimesSync(path, noon / 1000 + written, noon / 1000 + written++);
}

function sourceOf(folder: string, clock: TestClock, keys: Readonly<Record<string, unknown>> = {}) {
  const config = { name: "vault", type: "archive", instance, url: `file://${folder}`, start: "7d", ...keys };
  const context = { clock, agent: { name: "a", version: "1" }, environment: {}, random: () => 0.5 };
  return anySourceKind(archiveSourceKind)
    .schema.parse(config)
    .create(context as never);
}

sourceContract("archive: a file a day", async (lines) => {
  const folder = mkdtempSync(join(tmpdir(), "archive-source-"));
  const clock = testClock();
  const log = new WandbLog(seeded(1));
  const before = new Map<number, string>();
  const changed = (change: () => void) => {
    change();
    for (let day = today - 40; day < today + 10; day++) {
      const text = log
        .day(day)
        .map((record) => archived(record))
        .join("");
      if (text === (before.get(day) ?? "")) continue;
      before.set(day, text);
      write(folder, `${dayFolder(day)}a.ndjson.gz`, gzipSync(text));
    }
  };
  changed(() => log.append(...lines));
  return {
    keeper: new Keeper(sourceOf(folder, clock)),
    append: (...more) => changed(() => log.append(...more)),
    late: (...more) => changed(() => log.late(...more)),
    shuffle: () => changed(() => log.shuffle()),
    rename: (from, to) => changed(() => log.rename(from, to)),
    truth: () => log.all().sort(),
    outOfReach: () => [sourceOf(join(folder, "none"), clock)],
    advance: (ms) => {
      clock.at += ms;
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
});

it("shows the records of its instance as they were received, of every kind of file, and nothing else", async () => {
  const clock = testClock();
  const day = today - 2;
  const records = [1, 2, 3].map((second) => line(day, second));
  const folder = dayFolder(day);
  const pack = (text: string) => packings.parquet.zstd.pack(Buffer.from(text));
  write(
    place,
    `${folder}a.ndjson`,
    Buffer.from(archived(records[0] as string) + archived("no entry", { fault: "not_json" })),
  );
  write(
    place,
    `${folder}b.ndjson.zst`,
    await packings.ndjson.zstd.pack(Buffer.from(archived(records[1] as string))),
  );
  write(
    place,
    `${folder}c.parquet`,
    await pack(archived(records[2] as string) + archived(line(day, 9), { instance: "other" })),
  );
  write(place, `${folder}notes.txt`, Buffer.from("mine"));
  write(place, "manifests/000000.json", Buffer.from("{}"));
  const keeper = new Keeper(sourceOf(place, clock));
  await keeper.poll();
  expect(keeper.kept.map(({ bytes }) => bytes.toString()).sort()).toEqual([...records].sort());
  const again = new Keeper(sourceOf(place, clock));
  expect((await again.readDay(day)).shown).toBe(3);
});

it("tells of one file that cannot be read, and of a store that cannot be reached", async () => {
  const store = new MemoryArchive();
  const name = `${dayFolder(today)}a.ndjson.gz`;
  store.files.set(name, Buffer.from("broken"));
  const shelf = archiveShelf({ store, instance });
  const volume = { name, id: name, version: "1", size: 6, changedAt: 0 };
  const opened = async () => {
    for await (const _ of shelf.open(volume, 0, 6, never));
  };
  await expect(opened()).rejects.toBeInstanceOf(VolumeError);
  await expect(opened()).rejects.toThrow(`${name} cannot be read`);
  store.read = () => Promise.reject(new StoreError("connection_lost", "it was cut", "wait"));
  await expect(opened()).rejects.toMatchObject({ reason: "cut_body", fix: "wait", hold: false });
  store.read = () => Promise.reject(new StoreError("forbidden", "no", "allow it", { hold: true }));
  await expect(opened()).rejects.toMatchObject({ reason: "forbidden", hold: true });
});

it("refuses keys of buckets for a directory, and a way in the clear", () => {
  const problems = (keys: Readonly<Record<string, unknown>>) =>
    anySourceKind(archiveSourceKind)
      .schema.safeParse({ name: "vault", type: "archive", instance, ...keys })
      .error?.issues.map(({ message }) => message)
      .join();
  expect(problems({ url: "file:///srv/audit", region: "eu-west-1" })).toContain("belongs to a bucket");
  expect(problems({ url: "s3://acme-audit", endpoint: "http://store.example" })).toContain("allow_plaintext");
  expect(problems({ url: "gs://acme-audit", region: "eu-west-1" })).toContain("belongs to s3");
});
