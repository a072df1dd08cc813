import { gzip as gzipWithCallback, zstdCompress as zstdWithCallback } from "node:zlib";
import { builtin } from "../builtin.ts";

const { promisify } = builtin("node:util");
const { constants } = builtin("node:zlib");

const gzip = promisify(gzipWithCallback);
const zstd = promisify(zstdWithCallback);

/** How a body can be packed, by the name of its content coding (RFC 9110 §8.4.1, RFC 8878 §7.2). */
export const codings = ["gzip", "zstd"] as const;
/** One of them, or as it is. */
export type Packing = (typeof codings)[number] | "none";

/** So far above zlib's and zstd's fastest, the next levels cost more CPU for a few percent (decision 48). */
const level = 1;

/** Bodies shrink to a sixth, or more: where there is room for that at once, none waits for another turn. */
const usualShare = 1 / 5;
const leastRoom = 1024;

/**
 * A request's body, in pieces as it was given where nothing is to be packed, and the header that goes with
 * it. Packs in a thread of Node's pool: whoever formats and sends does not wait for it.
 */
export async function packed(
  pieces: readonly Buffer[],
  compression: Packing,
): Promise<{ readonly body: readonly Buffer[]; readonly headers: Readonly<Record<string, string>> }> {
  if (compression === "none") return { body: pieces, headers: {} };
  const [first = Buffer.alloc(0), ...others] = pieces;
  const plain = others.length === 0 ? first : Buffer.concat(pieces);
  const chunkSize = Math.max(leastRoom, Math.ceil(plain.length * usualShare));
  const body =
    compression === "gzip"
      ? await gzip(plain, { level, chunkSize })
      : await zstd(plain, { params: { [constants.ZSTD_c_compressionLevel]: level }, chunkSize });
  return { body: [body], headers: { "content-encoding": compression } };
}
