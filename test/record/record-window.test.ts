import { describe, expect, it } from "vitest";
import { kernelBytes, kernelPlaces } from "../../src/kernel/kernel.ts";
import { emptyWindow, layInWindow } from "../../src/record/record-window.ts";

const { windowMost } = kernelPlaces;

function lie(memory: Buffer, from: number, to: number): string {
  const at = layInWindow(memory, from, to);
  return kernelBytes.toString("latin1", at, at + to - from);
}

describe("the window on records", () => {
  it("shows every part of a memory, in whatever order, whichever was there before", () => {
    const memory = Buffer.from(Array.from({ length: 3 * windowMost }, (_, at) => (at * 7919) >> 4));
    const other = Buffer.alloc(windowMost, "other");
    const parts = [
      0,
      10,
      windowMost - 3,
      windowMost,
      5,
      2 * windowMost + 8,
      2 * windowMost + 7,
      3 * windowMost - 40,
    ];
    for (const from of parts) {
      expect(lie(memory, from, from + 40)).toBe(memory.toString("latin1", from, from + 40));
      if (from % 2 === 1) expect(lie(other, 5, 10)).toBe("other");
    }
    expect(lie(memory, 3, 3 + windowMost)).toBe(memory.toString("latin1", 3, 3 + windowMost));
    expect(layInWindow(memory, 3, 4 + windowMost)).toBe(-1);
  });

  it("shows what was changed once it was emptied", () => {
    const memory = Buffer.from("before");
    expect(lie(memory, 0, 6)).toBe("before");
    memory.write("behind");
    emptyWindow();
    expect(lie(memory, 0, 6)).toBe("behind");
  });
});
