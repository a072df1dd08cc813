import { expect, it } from "vitest";
import { dayFolder } from "../../../src/archive/names.ts";
import { packings } from "../../../src/archive/packing.ts";
import { archiveOutput } from "../../../src/output/archive/archive-output.ts";
import type { PlanContext } from "../../../src/output/output.ts";
import { ManualClock } from "../../fake/manual-clock.ts";
import { MemoryArchive } from "../../fake/memory-archive.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { retryOf, sampleEvent, sampleEvents } from "./archiving.ts";

const never = new AbortController().signal;
const today = dayFolder(20_666);

function subject(archive = new MemoryArchive(), packing = packings.ndjson.gzip) {
  const clock = new ManualClock(Date.parse("2026-08-01T14:00:00Z"));
  let guids = 0;
  const output = archiveOutput({
    store: archive,
    packing,
    clock,
    guid: () => `${++guids}`.padStart(8, "0"),
    failed: retryOf,
  });
  const settled: string[] = [];
  const context = (fields: Partial<PlanContext> = {}): PlanContext => ({
    ofRun: true,
    stored: async () => settled,
    ...fields,
  });
  async function store(events: ReturnType<typeof sampleEvents>, fields: Partial<PlanContext> = {}) {
    const batch = payloadsOf(output, events);
    const plan = await output.plan?.(batch, context(fields), never);
    if (plan?.status !== "planned") return { plan: undefined, result: plan };
    const result = await output.send(batch, never);
    if (result.status === "delivered") settled.push(...(result.files ?? []).map(({ name }) => name));
    return { plan: plan.plan, result };
  }
  const uids = async () => {
    const lines = await Promise.all(
      [...archive.files.values()].map((file) => packings.ndjson.gzip.unpack(file)),
    );
    return lines.flat().map(({ uid }) => Number.parseInt(uid, 16));
  };
  return { archive, output, context, store, uids, settled };
}

it("stores a batch as one file for each day, under names that say when", async () => {
  const { store, archive, uids } = subject();
  const late = { ...sampleEvent(9), time: { seconds: 1_785_500_000, nanos: 0 } };
  const { result, plan } = await store([...sampleEvents(2), late]);
  const names = [...archive.files.keys()].sort();
  expect(names).toEqual([
    `${dayFolder(20_665)}20260801T140000Z-00000001.ndjson.gz`,
    `${today}20260801T140000Z-00000001.ndjson.gz`,
  ]);
  expect(result).toMatchObject({ status: "delivered", files: [{ records: 1 }, { records: 2, day: 20_666 }] });
  expect(JSON.parse(plan ?? "")).toMatchObject({
    files: [{ name: names[0] }, { name: names[1], records: 2 }],
  });
  expect((await uids()).sort()).toEqual([1, 2, 9]);
});

it("meets its own file after a lost answer, and stores nothing twice", async () => {
  const { store, archive, uids } = subject();
  archive.troubles.push("cut");
  const first = await store(sampleEvents(3));
  expect(first.result?.status).toBe("retry");
  const again = await store(sampleEvents(3), { before: first.plan as string });
  expect(again.plan).toBe(first.plan);
  expect(again.result).toMatchObject({ status: "delivered", files: [{ records: 3 }] });
  expect(await uids()).toEqual([1, 2, 3]);
});

it("after a crash knows by the uids what is stored, whatever the bytes are now", async () => {
  const archive = new MemoryArchive();
  archive.troubles.push("cut");
  const before = await subject(archive).store(sampleEvents(3));
  // Another version, another redact: the same records have other bytes.
  const other = sampleEvents(3).map((event) => ({ ...event, raw: event.raw.replace("vision", "hidden") }));
  const { store, uids } = subject(archive);
  const { result } = await store(other, { before: before.plan as string });
  expect(result).toMatchObject({ status: "delivered", files: [{ records: 3 }] });
  expect([archive.files.size, await uids()]).toEqual([1, [1, 2, 3]]);
});

it("takes nobody's word for a uid: a record that says something else is stored beside it", async () => {
  const planted = subject(new MemoryArchive());
  const other = sampleEvents(3).map((event, index) =>
    index === 1 ? event : { ...event, raw: event.raw.replace('"action":"', '"action":"not:') },
  );
  const { result: before } = await planted.store(other);
  const { store, archive } = subject();
  const [[name, bytes]] = [...planted.archive.files] as [[string, Buffer]];
  const forged = name.replace("00000001", "ffffffff");
  archive.files.set(forged, bytes);
  expect(before?.status).toBe("delivered");
  const { result } = await store(sampleEvents(3));
  expect(result).toMatchObject({ files: [{ name, records: 3 }] });
  const lines = await packings.ndjson.gzip.unpack(archive.files.get(name) as Buffer);
  expect(lines.map(({ record }) => record.toString())).toEqual(sampleEvents(3).map(({ raw }) => raw));
});

it("uses the memory of a file again once it is stored, and never what a store may still be reading", async () => {
  const archive = new MemoryArchive();
  const put = archive.put.bind(archive);
  const asked: Buffer[] = [];
  archive.put = (name, bytes) => {
    asked.push(bytes);
    return put(name, bytes);
  };
  const { store } = subject(archive, packings.ndjson.none);
  archive.troubles.push("fail");
  const failed = await store(sampleEvents(400));
  expect(failed.result?.status).toBe("retry");
  const read = Buffer.from(asked[0] as Buffer);
  const again = await store(sampleEvents(400), { before: failed.plan as string });
  expect(again.result?.status).toBe("delivered");
  const memory: (ArrayBufferLike | undefined)[] = [];
  for (const first of [1_001, 2_001, 3_001]) {
    expect((await store(sampleEvents(400, first))).result?.status).toBe("delivered");
    memory.push(asked.at(-1)?.buffer);
  }
  expect(memory.map((each) => each === memory[0])).toEqual([true, true, true]);
  expect(memory[0]).not.toBe(asked[0]?.buffer);
  expect(asked[0]?.equals(read)).toBe(true);
});

type Event = ReturnType<typeof sampleEvents>[number];

it("believes no file that has two records under one uid", async () => {
  const planted = subject(new MemoryArchive());
  const [first, second] = sampleEvents(2) as [Event, Event];
  const forged = { ...first, raw: first.raw.replace('"action":"', '"action":"not:') };
  await planted.store([forged, first, second]);
  const { store, archive } = subject();
  const [[name, bytes]] = [...planted.archive.files] as [[string, Buffer]];
  archive.files.set(name.replace("00000001", "ffffffff"), bytes);
  expect((await store([first, second])).result).toMatchObject({ files: [{ name, records: 2 }] });
});

it("leaves a file with other records alone, and takes the next name for what is not in it", async () => {
  const { store, archive, uids } = subject();
  archive.troubles.push("late");
  const first = await store(sampleEvents(2));
  // The filter was changed: more of the same part of the run is wanted now, when the late one lands.
  const { output, context } = subject(archive);
  const batch = payloadsOf(output, sampleEvents(3));
  const plan = await output.plan?.(batch, context({ before: first.plan as string }), never);
  archive.land();
  expect(plan?.status).toBe("planned");
  expect(await output.send(batch, never)).toMatchObject({
    status: "retry",
    reason: "file_changed",
    retryAfterMs: 0,
  });
  const next = await output.plan?.(batch, context({ before: (plan as { plan: string }).plan }), never);
  expect(JSON.parse((next as { plan: string }).plan)).toMatchObject({
    files: [{ name: `${today}20260801T140000Z-00000001-2.ndjson.gz`, records: 1 }],
    found: [`${today}20260801T140000Z-00000001.ndjson.gz`],
  });
  expect(await output.send(batch, never)).toMatchObject({
    status: "delivered",
    files: [{ records: 2 }, { records: 1 }],
  });
  expect(await uids()).toEqual([1, 2, 3]);
});

it("what goes beside the run is looked for in every file of its day", async () => {
  const { store, uids, archive } = subject();
  await store(sampleEvents(3));
  const { result } = await store(sampleEvents(4, 2), { ofRun: false });
  expect(result).toMatchObject({ status: "delivered", files: [{ records: 3 }, { records: 2 }] });
  expect(await uids()).toEqual([1, 2, 3, 4, 5]);
  archive.troubles.push("late");
  expect((await store(sampleEvents(2, 8), { ofRun: false })).result?.status).toBe("retry");
  archive.land();
  expect((await store(sampleEvents(2, 8), { ofRun: false })).result?.status).toBe("delivered");
  expect(await uids()).toEqual([1, 2, 3, 4, 5, 8, 9]);
});

it("after a crash knows its own file by its bytes, even one that it could not read", async () => {
  const archive = new MemoryArchive();
  archive.troubles.push("cut");
  const { unpack } = packings.ndjson.gzip;
  const before = await subject(archive).store(sampleEvents(3));
  packings.ndjson.gzip.unpack = () => Promise.reject(new Error("broken"));
  try {
    const { result } = await subject(archive).store(sampleEvents(3), { before: before.plan as string });
    expect(result).toMatchObject({ status: "delivered", files: [{ records: 3 }] });
    expect(archive.files.size).toBe(1);
  } finally {
    packings.ndjson.gzip.unpack = unpack;
  }
});

it("has the same name for the same events beside the run, so that two tries cannot both be stored", async () => {
  const { store, output, context, archive, uids } = subject();
  archive.troubles.push("late");
  expect((await store(sampleEvents(2), { ofRun: false })).result?.status).toBe("retry");
  const batch = payloadsOf(output, sampleEvents(2));
  await output.plan?.(batch, context({ ofRun: false }), never);
  archive.land();
  expect((await output.send(batch, never)).status).toBe("delivered");
  expect([archive.files.size, await uids()]).toEqual([1, [1, 2]]);
});

it("reads no file that is settled, and none twice", async () => {
  const { store, archive } = subject();
  await store(sampleEvents(2));
  await store(sampleEvents(2, 3));
  expect(archive.reads).toEqual([]);
  const { store: another } = subject(archive);
  await another(sampleEvents(2, 5));
  await another(sampleEvents(2, 7));
  expect(archive.reads.length).toBe(2);
});

it("looks once into a file that is none of records, however many batches follow, until it is another", async () => {
  const { archive, store } = subject();
  const odd = `${today}odd.ndjson.gz`;
  archive.files.set(odd, Buffer.from("nothing"));
  for (const each of [1, 2, 3]) await store([sampleEvent(each)]);
  expect(archive.reads.filter((name) => name === odd)).toHaveLength(1);
  archive.files.set(odd, Buffer.from("another" + "one"));
  await store([sampleEvent(4)]);
  expect(archive.reads.filter((name) => name === odd)).toHaveLength(2);
});

it("a file that is no archive's is neither read as one nor overwritten", async () => {
  const { store, archive } = subject();
  archive.files.set(`${today}notes.txt`, Buffer.from("mine"));
  archive.files.set(`${today}20260801T140000Z-00000001.ndjson.gz`, Buffer.from("broken"));
  const { result } = await store(sampleEvents(1));
  expect(result).toMatchObject({
    status: "delivered",
    files: [{ name: `${today}20260801T140000Z-00000001-2.ndjson.gz` }],
  });
  expect(archive.files.get(`${today}notes.txt`)?.toString()).toBe("mine");
});

it("a plan of a version that had others is made again", async () => {
  const { store, uids } = subject();
  expect((await store(sampleEvents(1), { before: "{}" })).result?.status).toBe("delivered");
  expect((await store(sampleEvents(1, 2), { before: "not JSON" })).result?.status).toBe("delivered");
  expect(await uids()).toEqual([1, 2]);
});
