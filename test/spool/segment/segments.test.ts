import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { segmentFiles } from "../../../src/spool/segment/segment-files.ts";
import { segmentMemory } from "../../../src/spool/segment/segment-memory.ts";
import {
  type End,
  keepingAll,
  type SegmentPlace,
  type Segments,
} from "../../../src/spool/segment/segments.ts";
import { stateFiles } from "../../../src/spool/state-directory.ts";

let directory: string;
let segments: Segments;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "segments-"));
});
afterEach(() => {
  segments.close();
  rmSync(directory, { recursive: true, force: true });
});

const endOf = ({ segment, start, size }: SegmentPlace): End => ({ segment, end: start + size });

describe.each([
  ["in files", () => segmentFiles(stateFiles(directory))],
  ["in memory", () => segmentMemory()],
])("segments %s", (_, make) => {
  beforeEach(() => {
    segments = make();
    segments.goOnAt(undefined);
  });

  it("give back what was appended, in memory of its own", () => {
    const written = Buffer.from("some records");
    const place = segments.append(written);
    segments.sync();
    written.fill(0);
    const read = segments.read(place) as Uint8Array<ArrayBuffer>;
    expect(Buffer.from(read).toString()).toBe("some records");
    expect(read.byteLength).toBe(read.buffer.byteLength);
    read.fill(0);
    expect(Buffer.from(segments.read(place) ?? []).toString()).toBe("some records");
  });

  it("forget what was not told of, and go on in its place", () => {
    const first = segments.append(Buffer.from("first"));
    const lost = segments.append(Buffer.from("lost"));
    segments.goOnAt(endOf(first));
    const second = segments.append(Buffer.from("2nd!"));
    expect(Buffer.from(segments.read(second) ?? []).toString()).toBe("2nd!");
    expect(Buffer.from(segments.read(first) ?? []).toString()).toBe("first");
    expect(lost.segment).toBe(second.segment);
    expect(lost.start).toBe(second.start);
  });

  it("say that what was taken back is not there", () => {
    const first = segments.append(Buffer.from("first"));
    const lost = segments.append(Buffer.from("lost"));
    segments.goOnAt(endOf(first));
    expect(segments.read(lost)).toBeUndefined();
    expect(segments.found(lost)).toHaveLength(0);
    segments.goOnAt(undefined);
    expect(segments.read(first)).toBeUndefined();
  });

  it("keep everything where another database may still tell of it", () => {
    const place = segments.append(Buffer.from("kept"));
    const kept = keepingAll(segments);
    kept.goOnAt(undefined);
    kept.dropBefore(undefined);
    kept.close();
    expect(Buffer.from(kept.read(place) ?? []).toString()).toBe("kept");
    expect(Buffer.from(kept.found(place)).toString()).toBe("kept");
  });

  it("are what a list of the committed ones is, whatever is appended and taken back", () => {
    // Large ones may be written in another way, in parts of 512 KiB.
    const large = fc
      .tuple(fc.integer({ min: 120, max: 1100 }), fc.integer({ min: 0, max: 1024 }), fc.nat(255))
      .map(([kibibytes, more, fill]) => Buffer.alloc(kibibytes * 1024 + more, fill + 1));
    const bytes = fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 50 }) },
      { weight: 1, arbitrary: large },
    );
    const step = fc.record({ bytes, kept: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        segments.goOnAt(undefined);
        const kept: { place: SegmentPlace; bytes: Uint8Array }[] = [];
        for (const { bytes, kept: isKept } of steps) {
          const place = segments.append(bytes);
          segments.sync();
          const last = kept.at(-1)?.place;
          if (isKept) kept.push({ place, bytes });
          else segments.goOnAt(last && endOf(last));
        }
        for (const { place, bytes } of kept)
          expect(Buffer.compare(segments.read(place) ?? Buffer.alloc(0), bytes)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
