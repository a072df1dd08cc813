import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { packed } from "../../src/output/packed.ts";

const plain = Buffer.from("the same again and again, ".repeat(400));

describe("packed", () => {
  it.each([
    ["gzip", gunzipSync],
    ["zstd", zstdDecompressSync],
  ] as const)("packs with %s, and says so", async (compression, unpack) => {
    const { body, headers } = await packed(plain, compression);
    expect(headers).toEqual({ "content-encoding": compression });
    expect(body.length).toBeLessThan(plain.length / 10);
    expect(unpack(body)).toEqual(plain);
  });

  it("leaves a body as it is where nothing is to be packed", async () => {
    const { body, headers } = await packed(plain, "none");
    expect(headers).toEqual({});
    expect(body).toBe(plain);
  });
});
