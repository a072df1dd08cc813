import { expect, it } from "vitest";
import { chunkCache } from "../../../src/spool/chunk/chunk-cache.ts";

/** How many of a hundred chunks like this stay in memory; `memory` is what it lies in. */
function staying(records: number, bytes: number, memory = bytes): number {
  const cache = chunkCache();
  for (let at = 0; at < 100; at++)
    cache.add({
      firstSeq: at * records + 1,
      count: records,
      source: "prod",
      observed: { seconds: 1, nanos: 0 },
      bytes: new Uint8Array(new ArrayBuffer(memory), 0, bytes),
    });
  return Array.from({ length: 100 }, (_, at) => cache.at(at * records + 1)).filter(Boolean).length;
}

it("keeps the newest chunks, by what they take", () => {
  expect(staying(1, 1)).toBe(64);
  expect(staying(2, 1024 * 1024)).toBe(4);
  expect(staying(2, 512 * 1024, 1024 * 1024)).toBe(4);
  // A megabyte of ordinary records.
  expect(staying(2_500, 900_000)).toBe(4);
});
