import { expect, it } from "vitest";
import { RunCursor } from "../../src/ingest/run-cursor.ts";
import { entriesAtOnce, RunWriter, runBlockBytes } from "../../src/ingest/sorted-run.ts";
import { CountedScratch } from "../fake/scratch.ts";

it.each([0, 1, 256, 257, entriesAtOnce, entriesAtOnce + 1, 3 * entriesAtOnce - 5])(
  "goes once through all of %i entries, some blocks at a time",
  (size) => {
    const entries = Uint32Array.from({ length: 2 * size }, (_, at) => at * 7);
    const scratch = new CountedScratch();
    const writer = new RunWriter(scratch.new(runBlockBytes));
    writer.append(entries);
    const cursor = new RunCursor(writer.end());
    const seen: number[] = [];
    for (cursor.fill(); cursor.at < cursor.end; cursor.fill()) {
      expect(cursor.left).toBe(size - seen.length / 2);
      // Half of what is there, and no more is read for that.
      const { reads } = scratch;
      const half = cursor.at + 2 * Math.ceil((cursor.end - cursor.at) / 4);
      seen.push(...cursor.entries.subarray(cursor.at, half));
      cursor.at = half;
      cursor.fill();
      if (cursor.at > 0) expect(scratch.reads).toBe(reads);
    }
    expect(seen).toEqual([...entries]);
    expect([cursor.left, scratch.reads]).toEqual([0, Math.ceil(size / 256)]);
  },
);
