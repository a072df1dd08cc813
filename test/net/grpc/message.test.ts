import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodedMessage, framed as framedPieces, unframed } from "../../../src/net/grpc/message.ts";

const framed = (message: Buffer, packed: boolean) => Buffer.concat(framedPieces([message], packed));

describe("a message of gRPC", () => {
  it("has a flag and its length in front", () => {
    expect(framed(Buffer.from("abc"), false)).toEqual(Buffer.from("\u0000\u0000\u0000\u0000\u0003abc"));
    expect(framed(Buffer.alloc(0), true)).toEqual(Buffer.of(1, 0, 0, 0, 0));
    const pieces = [Buffer.from("ab"), Buffer.from("c")];
    expect(framedPieces(pieces, false).slice(1)).toEqual(pieces);
    expect(framedPieces(pieces, false)[0]).toEqual(Buffer.of(0, 0, 0, 0, 3));
    expect(framedPieces([], false)).toEqual([Buffer.alloc(5)]);
  });

  it("is read as it was written, and nothing else is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(10), (bytes, cut) => {
        const message = Buffer.from(bytes);
        const whole = framed(message, false);
        expect(unframed(whole)).toEqual(message);
        if (cut > 0 && cut < whole.length) expect(unframed(whole.subarray(0, -cut))).toBeUndefined();
        expect(unframed(Buffer.concat([whole, Buffer.of(0)]))).toBeUndefined();
        expect(unframed(framed(message, true))).toBeUndefined();
        expect(unframed(framed(gzipSync(message), true), "gzip")).toEqual(message);
        expect(unframed(framed(zstdCompressSync(message), true), "zstd")).toEqual(message);
        expect(unframed(framed(gzipSync(message), true), "snappy")).toBeUndefined();
      }),
    );
    expect(unframed(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
  });

  it("is not unpacked into more than an answer can be", () => {
    expect(unframed(framed(gzipSync(Buffer.alloc(5_000_000)), true), "gzip")).toBeUndefined();
    expect(unframed(framed(Buffer.from("no gzip"), true), "gzip")).toBeUndefined();
  });

  it("has words that are percent-encoded, or should be", () => {
    expect(decodedMessage("too%20large: 100%25 %C3%A9")).toBe("too large: 100% é");
    expect(decodedMessage("100 % wrong %zz")).toBe("100 % wrong %zz");
  });
});
