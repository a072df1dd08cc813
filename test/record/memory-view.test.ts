import { describe, expect, it } from "vitest";
import { memoryOf } from "../../src/record/memory-view.ts";

describe("the memory of bytes", () => {
  it("has them where they begin in it, whosever came before", () => {
    const memory = Buffer.from(new ArrayBuffer(8)).fill("abcdefgh");
    const other = Buffer.from(new ArrayBuffer(4)).fill("wxyz");
    for (const bytes of [memory, memory.subarray(3), other.subarray(1), memory.subarray(5, 6)])
      expect(memoryOf(bytes).getUint8(bytes.byteOffset)).toBe(bytes[0]);
    expect(memoryOf(memory.subarray(3)).byteLength).toBe(8);
  });
});
