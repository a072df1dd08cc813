import { expect, it } from "vitest";
import { hasPrints, PrintMaker } from "../../../src/source/stored-log/print.ts";

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => `line ${at}\n`).join(""));
const of = (text: Buffer) =>
  async function* (from: number, to: number): AsyncGenerator<Buffer> {
    yield text.subarray(from, to);
  };

function printsOf(text: Buffer, size: number, from = 0) {
  const maker = new PrintMaker(from);
  for (let at = from; at < text.length; at += size) maker.passed(text.subarray(at, at + size));
  return maker.prints();
}

it("knows a volume again that has grown, in whatever pieces it came", async () => {
  const grown = Buffer.concat([bytes, Buffer.from("more\n")]);
  for (const size of [1, 100, 4096, 1_000_000]) {
    expect(printsOf(bytes, size)).toEqual(printsOf(bytes, 777));
    expect(await hasPrints(printsOf(bytes, size), of(grown))).toBe(true);
  }
});

it("does not know one whose beginning or end is another, or that has lost or gained something before", async () => {
  const prints = printsOf(bytes, 1000);
  const changedAt = (at: number) => {
    const other = Buffer.from(bytes);
    other[at] = 0x21;
    return other;
  };
  for (const other of [
    changedAt(0),
    changedAt(bytes.length - 1),
    Buffer.concat([Buffer.from("one more\n"), bytes]),
    bytes.subarray(9),
    bytes.subarray(0, -1),
  ])
    expect(await hasPrints(prints, of(other))).toBe(false);
});

it("has one of a short volume, one of a part, and none of nothing", async () => {
  expect(printsOf(Buffer.from("short"), 2)).toMatchObject([{ from: 0, to: 5 }]);
  expect(printsOf(bytes, 1000, 10_000)).toMatchObject([{ from: bytes.length - 4096, to: bytes.length }]);
  expect(printsOf(Buffer.alloc(0), 10)).toEqual([]);
  expect(await hasPrints([], of(bytes))).toBe(false);
});
