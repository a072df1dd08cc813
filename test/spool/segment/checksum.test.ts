import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checksumOf, hasChecksum } from "../../../src/spool/segment/checksum.ts";

const manyBytes = 128 * 1024;
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => at * 31 + (at >> 8));

it("is the CRC-32 of few bytes", () => {
  expect(checksumOf(Buffer.from("123456789"))).toBe(0xcbf43926);
  expect(checksumOf(new Uint8Array(0))).toBe(0);
  const most = bytesOf(manyBytes - 1);
  expect(checksumOf(most)).toBe(crc32(most));
});

it("is the same of many bytes with every version, and no CRC-32", () => {
  // As another program makes it: AES-128-GCM, key and nonce zeros, no text, and these bytes beside it.
  expect(checksumOf(bytesOf(manyBytes))).toBe(2 ** 48 + 165_570_696_619_072);
  expect(checksumOf(new Uint8Array(1_000_001))).toBe(2 ** 48 + 179_367_849_493_186);
});

it("is known again, and that of earlier versions too", () => {
  for (const length of [0, 1, 5_000, manyBytes - 1, manyBytes, 1_400_000]) {
    const bytes = bytesOf(length);
    expect(hasChecksum(bytes, checksumOf(bytes)), String(length)).toBe(true);
    expect(hasChecksum(bytes, crc32(bytes)), String(length)).toBe(true);
  }
});

it("is not that of other bytes", () => {
  const lengths = fc.constantFrom(1, 100, manyBytes - 1, manyBytes, manyBytes + 17, 300_000);
  fc.assert(
    fc.property(lengths, fc.nat(), fc.nat(7), fc.boolean(), (length, place, bit, isOld) => {
      const bytes = bytesOf(length);
      const checksum = isOld ? crc32(bytes) : checksumOf(bytes);
      const flipped = Uint8Array.from(bytes);
      flipped[place % length] = (flipped[place % length] as number) ^ (1 << bit);
      expect(hasChecksum(flipped, checksum)).toBe(false);
      expect(hasChecksum(bytes.subarray(1), checksum)).toBe(false);
      expect(hasChecksum(bytes, checksum + 1)).toBe(false);
    }),
    { numRuns: 60 },
  );
  for (const odd of [-1, 2 ** 48, 2 ** 49, 0.5, Number.NaN])
    expect(hasChecksum(bytesOf(manyBytes), odd)).toBe(false);
});
