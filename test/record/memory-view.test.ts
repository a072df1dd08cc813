import { describe, expect, it } from "vitest";
import { memoryOf, roomBehind, withRoom } from "../../src/record/memory-view.ts";

describe("the memory of bytes", () => {
  it("has them where they begin in it, whosever came before, and says what is behind them", () => {
    const memory = Buffer.from(new ArrayBuffer(8)).fill("abcdefgh");
    const other = Buffer.from(new ArrayBuffer(4)).fill("wxyz");
    for (const bytes of [memory, memory.subarray(3), other.subarray(1), memory.subarray(5, 6)])
      expect(memoryOf(bytes).getUint8(bytes.byteOffset)).toBe(bytes[0]);
    expect(memoryOf(memory.subarray(3)).byteLength).toBe(8);
    expect([memory, memory.subarray(5, 6), other.subarray(1, 2)].map(roomBehind)).toEqual([0, 2, 2]);
  });

  it("is made anew, with room behind, where there is none", () => {
    const memory = withRoom(Buffer.from("abc").subarray(1), 5);
    expect(Buffer.from(memory.buffer).toString()).toBe("bc\0\0\0\0\0");
  });
});
