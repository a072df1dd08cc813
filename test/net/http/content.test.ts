import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { contentOf } from "../../../src/net/http/content.ts";

const text = "a success\n".repeat(500);

async function* pieces(bytes: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const decoded = async (bytes: Buffer, coding: string | undefined, max = 1e6) =>
  (await contentOf(pieces(bytes), coding, max)).toString();

describe("contentOf", () => {
  it.each([
    [undefined, Buffer.from(text)],
    ["", Buffer.from(text)],
    ["identity", Buffer.from(text)],
    ["gzip", gzipSync(text)],
    [" GZIP ", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["deflate, gzip", gzipSync(deflateSync(text))],
    ["identity, br", brotliCompressSync(text)],
  ])("undoes the coding %s", async (coding, bytes) => {
    expect(await decoded(bytes, coding)).toBe(text);
    expect(await decoded(bytes, coding, 10)).toBe(text.slice(0, 10));
  });

  it("gives what there is of a broken coding", async () => {
    expect(text).toContain(await decoded(gzipSync(text).subarray(0, 40), "gzip"));
    expect(await decoded(Buffer.from("no gzip at all"), "gzip")).toBe("");
    expect(await decoded(Buffer.from("no zstd at all"), "zstd")).toBe("");
  });

  it("takes an answer without a body for one, whatever its coding", async () => {
    expect(await decoded(Buffer.alloc(0), "gzip")).toBe("");
    expect(await decoded(Buffer.alloc(0), "snappy")).toBe("");
  });

  it.each(["snappy", "gzip, gzip, gzip", "constructor"])("refuses the coding %s", async (coding) => {
    await expect(decoded(Buffer.from(text), coding)).rejects.toThrow(`nobody asked for: ${coding}`);
  });

  it("ends a body that is longer than what is wanted, and one that unpacks to more", async () => {
    let left = 1e6;
    async function* endless() {
      try {
        while (left-- > 0) yield gzipSync("x".repeat(1e6));
      } finally {
        left = -1;
      }
    }
    expect((await contentOf(endless(), "gzip", 1000)).length).toBe(1000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(left).toBe(-1);
  });

  it("rejects when what is beneath fails", async () => {
    async function* lost() {
      yield gzipSync(text).subarray(0, 20);
      throw new Error("the connection was lost");
    }
    await expect(contentOf(lost(), "gzip", 1000)).rejects.toThrow("was lost");
    await expect(contentOf(lost(), undefined, 1000)).rejects.toThrow("was lost");
  });
});
