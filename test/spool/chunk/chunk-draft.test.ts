import { afterEach, expect, it } from "vitest";
import { decodeChunk, isChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { ChunkDraft } from "../../../src/spool/chunk/chunk-draft.ts";
import { chunkMemory, chunkMemoryBytes } from "../../../src/spool/chunk/chunk-memory.ts";
import { idOfText, today } from "../../fake/records.ts";

afterEach(() => chunkMemory.rest());

const place = { firstSeq: 1, source: "prod", observed: { seconds: 1, nanos: 0 } };

function write(draft: ChunkDraft, bytes: Buffer): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  draft.write(idOfText("a"), today, false, Buffer.alloc(0), view, 0, bytes.length);
}

function recordIn(bytes: Uint8Array, count: number): string {
  return decodeChunk({ ...place, count, bytes: new Uint8Array(bytes) })
    .record(1)
    .bytes.toString();
}

it("leaves what was given away to who has it, and begins anew in memory of its own", () => {
  for (const size of [10, 60_000, 70_000, 1_200_000, 3_000_000]) {
    const draft = new ChunkDraft();
    write(draft, Buffer.alloc(size, "x"));
    const given = draft.give();
    expect(recordIn(given, 1)).toBe("x".repeat(size));
    expect(recordIn(draft.bytes, 1)).toBe("x".repeat(size));
    draft.clear();
    write(draft, Buffer.alloc(size, "y"));
    expect(recordIn(given, 1)).toBe("x".repeat(size));
    // Nobody else has it: it may move to another thread.
    given.buffer.transfer();
    expect(recordIn(draft.bytes, 1)).toBe("y".repeat(size));
  }
});

it("takes memory that came back when it had such before, whatever was in it", () => {
  const draft = new ChunkDraft();
  write(draft, Buffer.alloc(1_200_000, "x"));
  const given = draft.give().buffer;
  expect(given.byteLength).toBe(chunkMemoryBytes);
  new Uint8Array(given).fill(255);
  chunkMemory.giveBack(given);
  draft.clear();
  expect(draft.bytes.buffer).toBe(given);
  write(draft, Buffer.alloc(10, "y"));
  expect(isChunk(draft.bytes, 1)).toBe(true);
  expect(recordIn(draft.bytes, 1)).toBe("y".repeat(10));
  expect(draft.give().buffer.byteLength).toBe(draft.bytes.length);
});

it("uses its memory again where nobody was given it, or a copy", () => {
  const draft = new ChunkDraft();
  const { buffer } = draft.bytes;
  write(draft, Buffer.alloc(100, "x"));
  expect(draft.give().buffer).not.toBe(buffer);
  draft.clear();
  expect(draft.bytes.buffer).toBe(buffer);
});
