import { describe, expect, it } from "vitest";
import { SpentMemory } from "../../../src/source/wandb-log/spent-memory.ts";

const own = (bytes: number) => Buffer.allocUnsafeSlow(bytes);

describe("the memory of a chunk", () => {
  it("is given back when its last byte is of no more use, and not before", () => {
    const memory = new SpentMemory();
    const chunk = own(10_000);
    memory.came(chunk);
    memory.spend(chunk.subarray(3_000, 10_000));
    expect(chunk.buffer.byteLength).toBe(10_000);
    memory.spend(chunk.subarray(0, 3_000));
    expect(chunk.buffer.byteLength).toBe(0);
  });

  it("is left alone where it is shared, small, or was never announced", () => {
    const memory = new SpentMemory();
    const shared = own(20_000).subarray(0, 10_000);
    const small = own(100);
    const other = own(10_000);
    memory.came(shared);
    memory.came(small);
    for (const bytes of [shared, shared, small, other]) memory.spend(bytes);
    expect([shared.length, small.length, other.length]).toEqual([10_000, 100, 10_000]);
  });
});
