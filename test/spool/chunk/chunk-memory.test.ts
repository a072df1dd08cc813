import { afterEach, expect, it } from "vitest";
import { chunkMemory, chunkMemoryBytes } from "../../../src/spool/chunk/chunk-memory.ts";

afterEach(() => chunkMemory.rest());

it("is had again once it came back, for chunks that take half of it or more", () => {
  const first = chunkMemory.take(chunkMemoryBytes);
  expect(first.byteLength).toBe(chunkMemoryBytes);
  chunkMemory.giveBack(first);
  expect(chunkMemory.take(chunkMemoryBytes / 2)).toBe(first);
  expect(chunkMemory.take(chunkMemoryBytes)).not.toBe(first);
});

it("is as much as is asked for where that is little, or more than a chunk has", () => {
  chunkMemory.giveBack(chunkMemory.take(chunkMemoryBytes));
  for (const bytes of [0, 1, chunkMemoryBytes / 2 - 1, chunkMemoryBytes + 1])
    expect(chunkMemory.take(bytes).byteLength).toBe(bytes);
});

it("is kept twice at most, and not at rest", () => {
  const all = Array.from({ length: 6 }, () => chunkMemory.take(chunkMemoryBytes));
  for (const each of all) chunkMemory.giveBack(each);
  expect(all.filter(({ detached }) => detached)).toHaveLength(4);
  const again = all.map(() => chunkMemory.take(chunkMemoryBytes));
  expect(again.filter((each) => all.includes(each))).toHaveLength(2);
  const [kept] = again as [ArrayBuffer];
  chunkMemory.giveBack(kept);
  chunkMemory.rest();
  expect(chunkMemory.take(chunkMemoryBytes)).not.toBe(kept);
});

it("does not go round where it is other memory, or is gone", () => {
  const gone = chunkMemory.take(chunkMemoryBytes);
  expect(chunkMemory.goesRound(gone)).toBe(true);
  gone.transfer();
  for (const other of [gone, new ArrayBuffer(5)]) {
    expect(chunkMemory.goesRound(other)).toBe(false);
    chunkMemory.giveBack(other);
  }
  expect(chunkMemory.take(chunkMemoryBytes).byteLength).toBe(chunkMemoryBytes);
});
