import { builtin } from "../../builtin.ts";

const { createCipheriv } = builtin("node:crypto");
const { crc32 } = builtin("node:zlib");

/** Of fewer a CRC-32 takes no longer. */
const manyBytes = 128 * 1024;
/** All others are larger than this, and no CRC-32 is. */
const leastOfMany = 2 ** 48;
const tagBytes = 6;
/** Nothing is kept secret by it: it tells bytes apart, and is the same everywhere. */
const [key, nonce] = [Buffer.alloc(16), Buffer.alloc(12)];

/**
 * By what bytes are known again, a whole number: their CRC-32, as in earlier versions, or 2^48 and, of many
 * bytes, the first six of their GMAC (NIST SP 800-38D), which takes a seventh of that.
 */
export function checksumOf(bytes: Uint8Array): number {
  return bytes.length < manyBytes ? crc32(bytes) : leastOfMany + tagOf(bytes);
}

/** Whether it is that of these bytes, whichever version has written it. */
export function hasChecksum(bytes: Uint8Array, checksum: number): boolean {
  return checksum === (checksum < leastOfMany ? crc32(bytes) : leastOfMany + tagOf(bytes));
}

function tagOf(bytes: Uint8Array): number {
  const authentication = createCipheriv("aes-128-gcm", key, nonce);
  authentication.setAAD(bytes);
  authentication.final();
  return authentication.getAuthTag().readUIntBE(0, tagBytes);
}
