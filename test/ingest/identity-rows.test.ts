import { describe, expect, it } from "vitest";
import { digestWord, rowWords } from "../../src/ingest/identity-row.ts";
import { IdentityRows } from "../../src/ingest/identity-rows.ts";
import { CountedScratch } from "../fake/scratch.ts";

const blockRows = 4;

/** Rows of which every word is the number of the row, but for the digest. */
function rowsOf(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count * rowWords }, (_, word) =>
    word % rowWords === digestWord ? 0 : first + Math.floor(word / rowWords),
  );
}

function begin(count: number) {
  const scratch = new CountedScratch();
  const rows = new IdentityRows(scratch.new(blockRows * rowWords * 4), 2);
  rows.write(rowsOf(0, count));
  rows.size = count;
  return { scratch, rows };
}

describe("rows outside memory", () => {
  it("are where their number says, and stay in memory a few blocks at a time", () => {
    const { scratch, rows } = begin(80);
    for (let at = 0; at < 80; at++) expect(rows.rowsOf(at)[rows.offsetOf(at)]).toBe(at);
    for (let at = 79; at >= 48; at--) expect(rows.rowsOf(at)[rows.offsetOf(at) + 3]).toBe(at);
    expect(scratch.reads).toBe(20);
  });

  it("keep a digest that changed, also when their block was elsewhere meanwhile", () => {
    const { scratch, rows } = begin(80);
    rows.setDigest(5, 0);
    const { writes } = scratch;
    rows.setDigest(5, 7);
    rows.setDigest(6, 8);
    for (let at = 0; at < 80; at++) rows.rowsOf(at);
    expect([5, 6, 7].map((at) => rows.rowsOf(at)[rows.offsetOf(at) + digestWord])).toEqual([7, 8, 0]);
    expect(scratch.writes).toBe(writes + 1);
  });

  it("are found near a number, on this side and that of a block", () => {
    const { rows } = begin(800);
    expect([rows.near(400, 390, 390, 390, 390), rows.near(400, 411, 411, 411, 411)]).toEqual([390, 411]);
    expect([rows.near(0, 3, 3, 3, 3), rows.near(800, 799, 799, 799, 799)]).toEqual([3, 799]);
    expect([rows.near(400, 3, 3, 3, 3), rows.near(400, 390, 390, 390, 391)]).toEqual([-1, -1]);
  });
});
