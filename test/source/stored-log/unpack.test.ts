import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sniffed, unpacked } from "../../../src/source/stored-log/unpack.ts";

const text = Buffer.from(Array.from({ length: 400 }, (_, at) => `{"a":${at * 7919}}\n`).join(""));
/** RFC 8878, 3.1.2: what a decoder skips. */
const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(packed: Buffer, size: number) {
  const { coding, bytes } = await sniffed(cut(packed, size));
  const parts: Buffer[] = [];
  for await (const part of unpacked(coding, bytes, "day")) parts.push(part);
  return { coding, text: Buffer.concat(parts) };
}

const [gzip, zstd] = [gzipSync(text), zstdCompressSync(text)];

describe.each([1, 3, 1000, 65_536])("what comes in pieces of %i bytes", (size) => {
  it("is told by its content: plain, gzip, zstd, nothing", async () => {
    expect(await read(text.subarray(0, 500), size)).toEqual({ coding: "plain", text: text.subarray(0, 500) });
    expect(await read(gzip, size)).toEqual({ coding: "gzip", text });
    expect(await read(zstd, size)).toEqual({ coding: "zstd", text });
    expect(await read(Buffer.alloc(0), size)).toEqual({ coding: "plain", text: Buffer.alloc(0) });
  });

  it("may be several members or frames one behind the other, some of which are skipped", async () => {
    const twice = Buffer.concat([text, text]);
    expect((await read(Buffer.concat([gzip, gzip]), size)).text.equals(twice)).toBe(true);
    expect((await read(Buffer.concat([zstd, skipped, zstd]), size)).text.equals(twice)).toBe(true);
    expect((await read(Buffer.concat([skipped, zstd]), size)).text.equals(text)).toBe(true);
  });

  it("is not believed when it is cut, or goes on as something else", async () => {
    const refused = (packed: Buffer) => expect(read(packed, size)).rejects;
    for (const packed of [gzip, zstd]) {
      await refused(packed.subarray(0, -2)).toMatchObject({ reason: "cut_body", until: "change" });
      await refused(Buffer.concat([packed, packed.subarray(0, 60)])).toMatchObject({ reason: "cut_body" });
      for (const behind of [Buffer.from("garbage"), Buffer.concat([Buffer.alloc(512), packed])])
        await refused(Buffer.concat([packed, behind])).toMatchObject({ reason: "bad_encoding" });
    }
  });
});

it("passes the error of whoever reads on as it is", async () => {
  const lost = new Error("the disk is gone");
  async function* breaking(): AsyncGenerator<Buffer> {
    yield zstd.subarray(0, 60);
    throw lost;
  }
  const { coding, bytes } = await sniffed(breaking());
  const all = async () => {
    for await (const _ of unpacked(coding, bytes, "day"));
  };
  await expect(all()).rejects.toBe(lost);
});
