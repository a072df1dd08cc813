import { expect, it } from "vitest";
import { chunkCache } from "../../../src/spool/chunk/chunk-cache.ts";

/** How many of a hundred chunks like this stay in memory. */
function staying(records: number, bytes: number): number {
  const cache = chunkCache();
  for (let at = 0; at < 100; at++)
    cache.add({
      firstSeq: at * records + 1,
      count: records,
      source: "prod",
      observed: { seconds: 1, nanos: 0 },
      bytes: new Uint8Array(bytes),
    });
  return Array.from({ length: 100 }, (_, at) => cache.at(at * records + 1)).filter(Boolean).length;
}

it("keeps the newest chunks, by what they take", () => {
  expect(staying(1, 1)).toBe(64);
  expect(staying(2, 1024 * 1024)).toBe(4);
  // A megabyte of ordinary records.
  expect(staying(2_500, 900_000)).toBe(4);
});
