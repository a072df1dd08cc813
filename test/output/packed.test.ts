import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packed } from "../../src/output/packed.ts";

const plain = Buffer.from("the same again and again, ".repeat(400));

describe("packed", () => {
  it.each([
    ["gzip", gunzipSync],
    ["zstd", zstdDecompressSync],
  ] as const)("packs with %s, and says so", async (compression, unpack) => {
    for (const pieces of [[plain], [plain.subarray(0, 100), plain.subarray(100)]]) {
      const { body, headers } = await packed(pieces, compression);
      expect(headers).toEqual({ "content-encoding": compression });
      const sent = Buffer.concat(body);
      expect(sent.length).toBeLessThan(plain.length / 10);
      expect(unpack(sent)).toEqual(plain);
    }
    expect(unpack(Buffer.concat((await packed([], compression)).body))).toEqual(Buffer.alloc(0));
  });

  it("packs what hardly shrinks, too, and large bodies", async () => {
    for (const coding of ["gzip", "zstd"] as const)
      for (const length of [1, 5_000, 1_000_000]) {
        const noise = Buffer.from(
          Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, 0x9e3779b1) >>> 24),
        );
        const [body = Buffer.alloc(0)] = (await packed([noise], coding)).body;
        expect((coding === "gzip" ? gunzipSync : zstdDecompressSync)(body).equals(noise)).toBe(true);
      }
  });

  it("leaves a body as it is where nothing is to be packed", async () => {
    const pieces = [plain];
    const { body, headers } = await packed(pieces, "none");
    expect(headers).toEqual({});
    expect(body).toBe(pieces);
  });
});
