import { expect, it } from "vitest";
import { chunkMemory, chunkMemoryBytes } from "../../../src/spool/chunk/chunk-memory.ts";
import { FreshChunks } from "../../../src/spool/chunk/fresh-chunks.ts";
import { ReadPace } from "../../../src/spool/chunk/read-pace.ts";
import { systemClock } from "../../../src/time/clock.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

const mib = 1024 * 1024;
const never = new AbortController().signal;
const observed = { seconds: 1, nanos: 0 };

/** So many chunks of ten records, each of so many bytes, that nobody has asked for. */
function untaken(chunks: number, bytes: number): FreshChunks {
  const fresh = new FreshChunks();
  for (let at = 0; at < chunks; at += 1)
    fresh.add({ firstSeq: 1 + 10 * at, count: 10, source: "prod", observed, bytes: new Uint8Array(bytes) });
  return fresh;
}

/** How long a read waits, milliseconds of the clock. */
async function waited(fresh: FreshChunks, clock = new ManualClock(0), stop = never): Promise<number> {
  const pace = new ReadPace(fresh, clock);
  const before = clock.monotonic();
  await pace.wait(stop);
  return clock.monotonic() - before;
}

it("does not wait where 4 MiB or less are not taken", async () => {
  expect(await waited(untaken(4, mib))).toBe(0);
});

it("has memory written anew that nobody gets from there, waiting or not", async () => {
  const [first, second] = [0, 1].map(() => new Uint8Array(new ArrayBuffer(chunkMemoryBytes), 0, 10));
  const fresh = new FreshChunks();
  for (const [at, bytes] of [first, second].entries())
    fresh.add({
      firstSeq: 1 + at,
      count: 1,
      source: "prod",
      observed,
      bytes: bytes as Uint8Array<ArrayBuffer>,
    });
  fresh.take(2);
  await waited(fresh);
  expect(chunkMemory.take(chunkMemoryBytes)).toBe(first?.buffer);
});

it("waits 8 ms at most where it is more and nobody takes it", async () => {
  expect(await waited(untaken(5, mib))).toBe(8);
});

it("does not wait for who lags by more than 32 MiB", async () => {
  expect(await waited(untaken(33, mib))).toBe(0);
});

it("does not wait where it was stopped", async () => {
  expect(await waited(untaken(5, mib), new ManualClock(0), AbortSignal.abort())).toBe(0);
});

it("goes on as soon as so much is taken, and not before", async () => {
  const fresh = untaken(6, mib);
  const clock = { ...systemClock, monotonic: () => 0, sleep: asleep };
  const pace = new ReadPace(fresh, clock);
  let isOver = false;
  const waiting = pace.wait(never).then(() => {
    isOver = true;
  });
  fresh.take(1);
  await turn();
  expect(isOver).toBe(false);
  fresh.take(11);
  await waiting;
});

it("ends with the stop", async () => {
  const stop = new AbortController();
  const pace = new ReadPace(untaken(5, mib), { ...systemClock, monotonic: () => 0, sleep: asleep });
  const waiting = pace.wait(stop.signal);
  stop.abort();
  await waiting;
});

/** Until it is woken: no time is over by itself. */
function asleep(_: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => stop?.addEventListener("abort", () => resolve(), { once: true }));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
