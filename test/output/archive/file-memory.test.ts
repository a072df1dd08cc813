import { describe, expect, it } from "vitest";
import { FileMemory } from "../../../src/output/archive/file-memory.ts";

const kib = 1024;

describe("the memory of files that are stored", () => {
  it("is apart from that of their lines, and is used again for the next once it is given back", () => {
    const memory = new FileMemory();
    const lines = Buffer.alloc(200 * kib, "x");
    const first = memory.apartFrom(lines, lines);
    expect(first).toEqual(lines);
    lines.fill("y");
    expect(first).toEqual(Buffer.alloc(200 * kib, "x"));
    const second = memory.apartFrom(lines, lines);
    expect(second.buffer).not.toBe(first.buffer);
    const { buffer } = first;
    memory.giveBack(first);
    // Another of some other size fits as well.
    const third = memory.apartFrom(lines, lines.subarray(0, 190 * kib));
    expect(third.buffer).toBe(buffer);
    expect([third.length, third.equals(Buffer.alloc(190 * kib, "y"))]).toEqual([190 * kib, true]);
    expect(second).toEqual(lines);
  });

  it("is not kept where the next file is much smaller or larger", () => {
    for (const next of [20 * kib, 300 * kib]) {
      const memory = new FileMemory();
      const lines = Buffer.alloc(300 * kib, "x");
      const first = memory.apartFrom(lines, lines.subarray(0, 200 * kib));
      const { buffer } = first;
      memory.giveBack(first);
      const second = memory.apartFrom(lines, lines.subarray(0, next));
      expect([second.equals(lines.subarray(0, next)), (buffer as ArrayBuffer).detached]).toEqual([
        true,
        true,
      ]);
    }
  });

  it("goes at once where a file that was packed has all of it, and stays where others share it", () => {
    const memory = new FileMemory();
    const lines = Buffer.alloc(10, "x");
    const packed = Buffer.from(new ArrayBuffer(100_000));
    expect(memory.apartFrom(lines, packed)).toBe(packed);
    const { buffer } = packed;
    memory.giveBack(packed);
    expect(buffer.detached).toBe(true);
    const part = Buffer.from(new ArrayBuffer(100_000), 10, 20);
    memory.giveBack(part);
    expect(part.length).toBe(20);
  });
});
