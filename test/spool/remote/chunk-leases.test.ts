import { describe, expect, it } from "vitest";
import { chunkCache } from "../../../src/spool/chunk/chunk-cache.ts";
import { ChunkLeases } from "../../../src/spool/remote/chunk-leases.ts";
import { MemoryStore } from "../../fake/memory-store.ts";
import { keep, record } from "../../fake/records.ts";

function chunkOf(text: string) {
  const store = new MemoryStore(["siem"]);
  keep(store, "prod", [record(text)]);
  return chunkCache().add(store.chunk(0) as NonNullable<ReturnType<typeof store.chunk>>);
}

describe("the memory of a chunk", () => {
  it("goes when it is neither kept nor used", () => {
    const leases = new ChunkLeases();
    const chunk = chunkOf("a");
    const done = [leases.take(chunk), leases.take(chunk)];
    leases.leave(chunk);
    done[0]?.();
    expect(leases.isFreed(chunk)).toBe(false);
    expect(chunk.record(1).bytes.toString()).toContain("a");
    done[1]?.();
    expect(leases.isFreed(chunk)).toBe(true);
    expect(() => chunk.record(1)).toThrow();
  });

  it("stays while it is kept, used or not", () => {
    const leases = new ChunkLeases();
    const chunk = chunkOf("a");
    leases.take(chunk)();
    expect(leases.isFreed(chunk)).toBe(false);
    leases.take(chunk);
    leases.leave(chunk);
    expect(leases.isFreed(chunk)).toBe(false);
  });

  it("goes to who wants it", () => {
    const freed: ArrayBuffer[] = [];
    const leases = new ChunkLeases((memory) => void freed.push(memory.transfer()));
    const chunk = chunkOf("a");
    const { byteLength } = chunk.encoded.bytes.buffer;
    leases.leave(chunk);
    expect(freed.map((memory) => memory.byteLength)).toEqual([byteLength]);
    expect(leases.isFreed(chunk)).toBe(true);
  });

  it("goes at once when nobody has used it yet, and once only", () => {
    const leases = new ChunkLeases();
    const chunk = chunkOf("a");
    leases.leave(chunk);
    leases.leave(chunk);
    expect(leases.isFreed(chunk)).toBe(true);
  });
});
