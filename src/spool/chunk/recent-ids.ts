import { kernel, kernelPlaces, kernelView } from "../../kernel/kernel.ts";
import { memoryOf } from "../../record/memory-view.ts";
import { copyBytes } from "../../text/copy.ts";

const { entryAt } = kernelPlaces;
/** Longer ones are left out. */
const mostBytes = 32;

/**
 * Of ids that were met lately, by their bytes as they stand in a record: what was noted of the one from
 * `start` to `end` in the same generation, or -1. Who is not found may have been forgotten. To find one makes
 * no text, and asks no map; whoever asks has generations of his own.
 */
export function findRecent(bytes: Buffer, start: number, end: number, generation: number): number {
  return lay(bytes, start, end) ? kernel.findId(entryAt, end - start, generation) : -1;
}

/** Notes one that is not found; `generation` and `value` are whole numbers from 1 and 0 on. */
export function noteRecent(
  bytes: Buffer,
  start: number,
  end: number,
  generation: number,
  value: number,
): void {
  if (lay(bytes, start, end)) kernel.noteId(entryAt, end - start, generation, value);
}

function lay(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > mostBytes) return false;
  copyBytes(memoryOf(bytes), bytes.byteOffset + start, kernelView, entryAt, end - start);
  return true;
}
