import { expect, it } from "vitest";
import { FreshChunks } from "../../../src/spool/chunk/fresh-chunks.ts";

const ofEach = { count: 10, source: "prod", observed: { seconds: 1, nanos: 0 } };
const MiB = 1024 * 1024;

function add(chunks: FreshChunks, nth: number, bytes: Uint8Array = new Uint8Array(MiB)): void {
  chunks.add({ ...ofEach, firstSeq: nth * 10 + 1, bytes });
}

it("hands over what was written since somebody had everything, each chunk once, in memory of its own", () => {
  const chunks = new FreshChunks();
  add(chunks, 0);
  chunks.follow();
  const bytes = Buffer.from("second");
  add(chunks, 1, bytes);
  bytes.fill(0);
  expect(chunks.take(1)).toBeUndefined();
  expect(chunks.take(21)).toBeUndefined();
  const found = chunks.take(15);
  expect(found).toEqual({ ...ofEach, firstSeq: 11, bytes: Uint8Array.from(Buffer.from("second")) });
  expect(found?.bytes.buffer.byteLength).toBe(6);
  expect(chunks.take(15)).toBeUndefined();
});

it("keeps 3 MiB at most, and nothing more for who is further behind until that has caught up", () => {
  const chunks = new FreshChunks();
  chunks.follow();
  for (let nth = 0; nth < 3; nth++) add(chunks, nth);
  expect(chunks.take(1)?.firstSeq).toBe(1);
  add(chunks, 3);
  expect(chunks.take(11)?.firstSeq).toBe(11);
  for (let nth = 4; nth < 8; nth++) add(chunks, nth);
  for (let nth = 0; nth < 8; nth++) expect(chunks.take(nth * 10 + 1)).toBeUndefined();
  add(chunks, 8);
  expect(chunks.take(81)).toBeUndefined();
  chunks.follow();
  add(chunks, 9);
  expect(chunks.take(91)?.firstSeq).toBe(91);
});
