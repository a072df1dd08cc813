import fc from "fast-check";
import { expect, it } from "vitest";
import { chunkReader } from "../../../src/spool/remote/chunk-reader.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { all, everyOne, keep, record } from "../../fake/records.ts";

/** A reader of a store with appends of so many records, and what it fetched. */
function reading(appends: readonly number[]) {
  const store = new MemoryStore(["siem"]);
  for (const [at, count] of appends.entries())
    keep(
      store,
      "prod",
      Array.from({ length: count }, (_, each) => record(`${at}.${each}`)),
    );
  const fetched: number[] = [];
  const { read, rest } = chunkReader(async (after) => {
    fetched.push(after);
    return store.chunk(after);
  });
  return { store, read, rest, fetched };
}

it("reads all that is there, in order, within the limits", async () => {
  const limits = fc.record({
    events: fc.integer({ min: 1, max: 7 }),
    bytes: fc.integer({ min: 1, max: 99 }),
  });
  const appends = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(appends, fc.nat(20), limits, async (counts, start, limit) => {
      const { store, read } = reading(counts);
      const seqs: number[] = [];
      for (let after = start; ; ) {
        const found = await read(after, limit);
        const records = everyOne(found);
        for (const [at, each] of records.entries())
          expect(found.look?.(at)).toMatchObject({ seq: each.seq, uid: each.uid, bytes: each.bytes });
        if (records.length === 0) break;
        expect(records.length).toBeLessThanOrEqual(limit.events);
        seqs.push(...records.map(({ seq }) => seq));
        after = seqs.at(-1) as number;
      }
      expect(seqs).toEqual(store.read(start, { events: 1e6, bytes: 1e9 }).map(({ seq }) => seq));
    }),
  );
});

it("fetches a chunk once for all who read it", async () => {
  const { read, fetched } = reading([20]);
  const few = { events: 5, bytes: 1e6 };
  await Promise.all([read(0, few), read(0, few), read(0, all)]);
  await read(5, few);
  await read(19, few);
  expect(fetched).toEqual([0]);
});

it("passes over what is set aside, and asks again where nothing followed", async () => {
  const answers = [undefined, { ...(reading([3]).store.chunk(0) as NonNullable<unknown>), firstSeq: 11 }];
  const { read } = chunkReader(async () => answers.shift() as never);
  expect(everyOne(await read(4, all))).toEqual([]);
  expect(everyOne(await read(4, all)).map(({ seq }) => seq)).toEqual([11, 12, 13]);
});

it("fetches what follows a large chunk before it is read, and fails when that is read", async () => {
  const { read, fetched } = reading([300, 300, 2]);
  const few = { events: 5, bytes: 1e6 };
  await read(0, few);
  await read(5, few);
  expect(fetched).toEqual([0, 300]);
  await read(300, few);
  await read(600, few);
  expect(fetched).toEqual([0, 300, 600]);
  const [first] = [reading([300]).store.chunk(0)];
  const answers = [
    async () => first,
    () => Promise.reject(new Error("gone")),
    () => Promise.reject(new Error("gone")),
  ];
  const { read: failing } = chunkReader(() => (answers.shift() as () => Promise<typeof first>)());
  expect(await failing(0, few)).toHaveLength(5);
  await expect(failing(300, few)).rejects.toThrow("gone");
});

it("gives back the memory of what everybody is done with, and reads it again for who comes later", async () => {
  const store = new MemoryStore(["siem"]);
  const large = "x".repeat(1_500_000);
  for (const text of ["a", "b", "c", "d", "e"]) keep(store, "prod", [record(text + large)]);
  const buffers: ArrayBuffer[] = [];
  const { read } = chunkReader(async (after) => {
    const chunk = store.chunk(after);
    if (chunk !== undefined) buffers.push(chunk.bytes.buffer);
    return chunk;
  });
  const [slow, quick] = [await read(0, all), await read(0, all)];
  for (let after = 1; after < 5; after++) (await read(after, all)).done?.();
  expect(buffers.map(({ detached }) => detached)).toEqual([false, true, true, false, false]);
  quick.done?.();
  expect(everyOne(slow)[0]?.bytes.length).toBeGreaterThan(large.length);
  slow.done?.();
  expect(buffers[0]?.detached).toBe(true);
  expect(everyOne(await read(0, all))[0]?.bytes.length).toBeGreaterThan(large.length);
  expect(buffers).toHaveLength(6);
});

it("keeps nothing for others while it rests but what is in use", async () => {
  const { read, rest, fetched } = reading([3, 3]);
  const used = await read(0, all);
  (await read(3, all)).done?.();
  rest();
  expect(everyOne(used).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(everyOne(await read(0, all)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(everyOne(await read(3, all)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
  expect(fetched).toEqual([0, 3, 0, 3]);
  expect(everyOne(used).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
