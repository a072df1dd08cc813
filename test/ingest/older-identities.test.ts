import { expect, it } from "vitest";
import { rowWords, wordOf } from "../../src/ingest/identity-row.ts";
import { OlderIdentities } from "../../src/ingest/older-identities.ts";
import { CountedScratch } from "../fake/scratch.ts";
import { identity } from "./ledger-reading.ts";

const atATime = 1_024;
const words = (n: number) =>
  [0, 4, 8, 12].map((at) => wordOf(identity(n), at)) as [number, number, number, number];
const rowsFrom = (first: number) =>
  Uint32Array.from(Array.from({ length: atATime }, (_, n) => [...words(first + n), 0]).flat());

it("identities outside memory are found wherever they stand, and what is not there costs no look at the disk", () => {
  const scratch = new CountedScratch();
  const older = new OlderIdentities(scratch.new, atATime);
  const count = 20 * atATime;
  for (let first = 0; first < count; first += atATime)
    older.append(rowsFrom(first), first < 5 * atATime || first > 9 * atATime);
  expect(older.rows.size).toBe(count);
  for (let n = 0; n < count; n += 37) expect(older.find(...words(n), (n * 7) % count)).toBe(n);
  scratch.reads = 0;
  for (let n = count; n < 2 * count; n++) expect(older.find(...words(n), 0)).toBe(-1);
  expect(scratch.reads).toBeLessThan(count * 0.1);
  older.close();
  expect(scratch.open).toBe(0);
});

it("the filter is seldom made anew from the rows, and never for more than a million more than there are", () => {
  const some = 65_536;
  const count = 32 * some;
  const blockRows = 512;
  let rowsRead = 0;
  const older = new OlderIdentities((blockBytes) => {
    const scratch = new CountedScratch().new(blockBytes);
    const read: typeof scratch.read = (block, into) => {
      if (blockBytes === blockRows * rowWords * 4) rowsRead += blockRows;
      scratch.read(block, into);
    };
    return { ...scratch, read };
  }, some);
  let word = 1;
  const rows = new Uint32Array(some * rowWords);
  for (let size = some; size <= count; size += some) {
    for (let at = 0; at < rows.length; at++) rows[at] = word = Math.imul(word, 1_664_525) + 1_013_904_223;
    older.append(rows, true);
    const most = Math.min(2 * size, size + 1_000_000);
    // Eight blocks of rows, and of each run one and what it begins with.
    expect(older.byteLength).toBeLessThan((most * 10) / 8 + 100_000 + size / 32);
  }
  expect(rowsRead / count).toBeLessThan(2);
});
