import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { EncodedChunk } from "../../../src/spool/chunk/chunk-codec.ts";
import { chunkMemory, chunkMemoryBytes } from "../../../src/spool/chunk/chunk-memory.ts";
import { FreshChunks } from "../../../src/spool/chunk/fresh-chunks.ts";

const mib = 1024 * 1024;

/** Of `count` records, with `bytes` in it. */
function chunkFrom(firstSeq: number, count: number, bytes: number): EncodedChunk {
  return {
    firstSeq,
    count,
    source: "prod",
    observed: { seconds: 1, nanos: 0 },
    bytes: new Uint8Array(bytes),
  };
}

/** Chunks of ten records, one behind the other from 1 on. */
function freshOf(sizes: readonly number[]) {
  const fresh = new FreshChunks();
  const chunks = sizes.map((bytes, at) => chunkFrom(1 + 10 * at, 10, bytes));
  for (const chunk of chunks) fresh.add(chunk);
  return { fresh, chunks };
}

describe("what was written last", () => {
  it("is given to who asks for any record of it, once", () => {
    const { fresh, chunks } = freshOf([5, 6]);
    expect(fresh.untakenBytes).toBe(11);
    expect(fresh.take(4)).toBe(chunks[0]);
    expect(fresh.take(4)).toBeUndefined();
    expect(fresh.untakenBytes).toBe(6);
    expect(fresh.take(20)).toBe(chunks[1]);
    expect(fresh.take(20)).toBeUndefined();
    expect(fresh.untakenBytes).toBe(0);
  });

  it("is not here any more for who asks for what lies before another's place", () => {
    const { fresh, chunks } = freshOf([5, 6, 7]);
    expect(fresh.take(11)).toBe(chunks[1]);
    expect(fresh.take(1)).toBeUndefined();
    expect(fresh.take(21)).toBe(chunks[2]);
  });

  it("is nothing for who asks for what was written before there was any", () => {
    const fresh = new FreshChunks();
    expect(fresh.take(3)).toBeUndefined();
    const chunk = chunkFrom(30, 10, 5);
    fresh.add(chunk);
    expect(fresh.take(29)).toBeUndefined();
    expect(fresh.untakenBytes).toBe(5);
    expect(fresh.take(30)).toBe(chunk);
  });

  it("is not kept in memory where more than 8 MiB wait, and is counted up to 32", () => {
    const { fresh, chunks } = freshOf([5 * mib, 3 * mib, 1, 4]);
    expect(fresh.untakenBytes).toBe(8 * mib + 5);
    expect(fresh.take(1)).toBeUndefined();
    expect(fresh.take(11)).toBeUndefined();
    expect(fresh.take(21)).toBeUndefined();
    expect(fresh.take(31)).toBeUndefined();
    fresh.add(chunks[0] as EncodedChunk);
    expect(fresh.take(1)).toBe(chunks[0]);
    for (let at = 0; at < 8; at += 1) fresh.add(chunkFrom(41 + 10 * at, 10, 4 * mib));
    expect(fresh.untakenBytes).toBe(32 * mib);
    fresh.add(chunkFrom(121, 10, 1));
    expect(fresh.untakenBytes).toBeUndefined();
  });

  it("is kept again once who lagged by more asks for the last one", () => {
    const { fresh } = freshOf([33 * mib, 1, 1]);
    expect([fresh.untakenBytes, fresh.take(1), fresh.take(20)]).toEqual([undefined, undefined, undefined]);
    expect(fresh.untakenBytes).toBeUndefined();
    expect(fresh.take(21)).toBeUndefined();
    const next = chunkFrom(31, 10, 3);
    fresh.add(next);
    expect(fresh.untakenBytes).toBe(3);
    expect(fresh.take(31)).toBe(next);
  });

  it("is too much to be waited for where it is more than 1,024 chunks", () => {
    const { fresh } = freshOf(Array.from({ length: 1_024 }, () => 1));
    expect(fresh.untakenBytes).toBe(1_024);
    fresh.add(chunkFrom(10_241, 1, 1));
    expect(fresh.untakenBytes).toBeUndefined();
  });

  it("is nothing where it was not kept after all, and another may come at its place", () => {
    const { fresh } = freshOf([5, 6]);
    fresh.clear();
    expect([fresh.untakenBytes, fresh.take(1)]).toEqual([0, undefined]);
    const other = chunkFrom(1, 10, 3);
    fresh.add(other);
    expect(fresh.take(1)).toBe(other);
  });

  it("is told of whenever somebody asks", () => {
    const { fresh } = freshOf([5]);
    let told = 0;
    fresh.whenTaken(() => told++);
    fresh.take(1);
    fresh.take(1);
    expect(told).toBe(2);
  });

  it("is the chunk with what is asked for or nothing, whoever asks for what", () => {
    const step = fc.oneof(
      fc.record({
        add: fc.record({
          count: fc.integer({ min: 1, max: 9 }),
          bytes: fc.integer({ min: 1, max: 9 * mib }),
        }),
      }),
      fc.record({ ask: fc.integer({ min: 1, max: 200 }) }),
      fc.constant({ clear: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const fresh = new FreshChunks();
        const given = new Set<EncodedChunk>();
        let next = 1;
        for (const each of steps) {
          if ("clear" in each) fresh.clear();
          else if ("add" in each) {
            // Where the memory lies does not matter here, only how much it is.
            const [length, buffer] = [each.add.bytes, new ArrayBuffer(0)];
            const bytes = { length, byteLength: length, buffer } as Uint8Array<ArrayBuffer>;
            fresh.add({ ...chunkFrom(next, each.add.count, 0), bytes });
            next += each.add.count;
          } else {
            const found = fresh.take(each.ask);
            if (found === undefined) continue;
            expect(given.has(found)).toBe(false);
            given.add(found);
            expect(found.firstSeq).toBeLessThanOrEqual(each.ask);
            expect(found.firstSeq + found.count).toBeGreaterThan(each.ask);
          }
          expect(fresh.untakenBytes ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe("the memory of what was written last", () => {
  afterEach(() => chunkMemory.rest());

  /** A full chunk, of one record. */
  function full(firstSeq: number): EncodedChunk {
    return {
      ...chunkFrom(firstSeq, 1, 0),
      bytes: new Uint8Array(new ArrayBuffer(chunkMemoryBytes), 0, 1_000_000),
    };
  }

  /** What is free is one of these. */
  function comesBack(chunks: readonly EncodedChunk[]): boolean {
    const taken = chunkMemory.take(chunkMemoryBytes);
    return chunks.some(({ bytes }) => bytes.buffer === taken);
  }

  it("is written anew once it is on disk and nobody gets it from here", () => {
    const chunks = Array.from({ length: 9 }, (_, at) => full(1 + at));
    const fresh = new FreshChunks();
    for (const chunk of chunks.slice(0, 8)) fresh.add(chunk);
    fresh.letGo();
    expect(comesBack(chunks)).toBe(false);
    fresh.add(chunks[8] as EncodedChunk);
    expect(comesBack(chunks)).toBe(false);
    fresh.letGo();
    expect([comesBack(chunks), comesBack(chunks), comesBack(chunks)]).toEqual([true, true, false]);
    expect(fresh.take(9)).toBeUndefined();
  });

  it("is written anew where another's place was asked for, and where who delivers lags", () => {
    const skipped = [full(1), full(2)];
    const fresh = new FreshChunks();
    for (const chunk of skipped) fresh.add(chunk);
    expect(fresh.take(2)).toBe(skipped[1]);
    fresh.letGo();
    expect([comesBack(skipped.slice(0, 1)), comesBack(skipped)]).toEqual([true, false]);
    fresh.add(chunkFrom(3, 1, 33 * mib));
    expect(fresh.untakenBytes).toBeUndefined();
    const late = full(4);
    fresh.add(late);
    expect(comesBack([late])).toBe(false);
    fresh.letGo();
    expect(comesBack([late])).toBe(true);
  });

  it("stays with who writes it once more, where it is not on disk after all", () => {
    const chunks = [full(2), full(3)];
    const fresh = new FreshChunks();
    fresh.add(chunkFrom(1, 1, 33 * mib));
    for (const chunk of chunks) fresh.add(chunk);
    fresh.clear();
    fresh.letGo();
    expect(comesBack(chunks)).toBe(false);
    expect(chunks.map(({ bytes }) => bytes.buffer.detached)).toEqual([false, false]);
  });
});
