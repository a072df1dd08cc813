import { kernelBytes, kernelPlaces } from "../kernel/kernel.ts";

const { windowAt, windowMost } = kernelPlaces;

/** Of which memory a part lies in the kernel, and which part. */
let held: Buffer | undefined;
let heldFrom = 0;
let heldTo = 0;

/**
 * Lays what stands from `from` to `to` of some memory in the kernel, with what follows: whoever reads its
 * records one by one has most of them there already. Gives back where in the kernel it begins, -1 where it
 * has no room. The memory has to stay as it is, or `emptyWindow` is called.
 */
export function layInWindow(memory: Buffer, from: number, to: number): number {
  if (memory !== held || from < heldFrom || to > heldTo) {
    if (to - from > windowMost) return -1;
    heldFrom = from;
    heldTo = Math.min(from + windowMost, memory.length);
    memory.copy(kernelBytes, windowAt, heldFrom, heldTo);
    held = memory;
  }
  return windowAt + from - heldFrom;
}

/**
 * The same of as much as there is from `from` on: half of what the kernel has room for at least, or all that
 * is left of the memory.
 */
export function layAhead(memory: Buffer, from: number): number {
  return layInWindow(memory, from, Math.min(from + windowMost / 2, memory.length));
}

/** Where in the kernel that ends which lies there. */
export function windowEnd(): number {
  return windowAt + heldTo - heldFrom;
}

/** What lies in the kernel may not be what stands in its memory any more. */
export function emptyWindow(): void {
  held = undefined;
}
