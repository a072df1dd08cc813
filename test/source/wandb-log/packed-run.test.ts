import { createGunzip, createZstdDecompress, gzipSync, zstdCompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { PackedRun } from "../../../src/source/wandb-log/packed-run.ts";

const text = "line\n".repeat(50_000);

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it.each([
  ["gzip", 1, gzipSync(text), () => createGunzip()],
  ["gzip", 65_536, gzipSync(text), () => createGunzip()],
  ["zstd", 65_536, zstdCompressSync(text), () => createZstdDecompress()],
] as const)(
  "knows what it was given that is behind: %s in pieces of %i",
  async (_, size, packed, decompress) => {
    const behind = Buffer.concat([Buffer.alloc(3), Buffer.from("behind")]);
    const chunks = cut(Buffer.concat([packed, behind]), size);
    const run = new PackedRun(chunks, [], decompress());
    const parts: Buffer[] = [];
    for await (const part of run.bytes()) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(text);
    const left = [...run.behind()];
    for await (const part of chunks) left.push(part);
    expect(Buffer.concat(left).equals(behind)).toBe(true);
  },
);

it("takes no more once what it was given is broken, however slowly it is read", async () => {
  let taken = 0;
  async function* broken(): AsyncGenerator<Buffer> {
    for (;;) {
      taken++;
      yield Buffer.from("no gzip at all");
      await new Promise(setImmediate);
    }
  }
  const run = new PackedRun(broken(), [], createGunzip()).bytes();
  await expect(run.next()).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
  const before = taken;
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  expect(taken).toBeLessThanOrEqual(before + 1);
});
