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

  it("leaves a body as it is where nothing is to be packed", async () => {
    const pieces = [plain];
    const { body, headers } = await packed(pieces, "none");
    expect(headers).toEqual({});
    expect(body).toBe(pieces);
  });
});
