import { pipeline, type Transform } from "node:stream";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { BadAnswer } from "./bad-answer.ts";

/** Codings that are undone although nobody asked for them (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
const decoders: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  "x-gzip": () => createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
  // Some send deflate without the zlib format around it, which begins with 8 in the lower half of a byte.
  deflate: (first) => ((first[0] ?? 8) % 16 === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/**
 * The first `maxBytes` of a body, content codings undone; ends the body when there is more. What is broken
 * ends where it breaks. Rejects with BadAnswer for a coding that is not known, else with what the connection
 * met.
 */
export async function contentOf(
  body: AsyncIterable<Buffer>,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const codings = (contentEncoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  const unknown = codings.find((coding) => !Object.hasOwn(decoders, coding));
  let pieces = body;
  let lost: unknown;
  if (unknown === undefined && codings.length < 3)
    for (const coding of codings.reverse()) pieces = decoded(pieces, coding, (error) => (lost ??= error));
  const bytes = await firstBytes(pieces, maxBytes);
  if (lost !== undefined) throw lost;
  // An answer without a body has nothing that would have to be understood.
  if (bytes.length === 0 || (unknown === undefined && codings.length < 3)) return bytes;
  throw new BadAnswer(`a content coding that nobody asked for: ${codings.join(", ").slice(0, 60)}`, {
    fix: "switch compression off in the remote or in the proxy before it",
  });
}

async function firstBytes(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let room = limit;
  for await (const piece of body) {
    pieces.push(piece.subarray(0, room));
    room -= piece.length;
    if (room <= 0) break;
  }
  return Buffer.concat(pieces);
}

/** Only a failure of what is beneath counts: `lost` gets it. */
async function* decoded(
  body: AsyncIterable<Buffer>,
  coding: string,
  lost: (error: unknown) => void,
): AsyncGenerator<Buffer, void, undefined> {
  const source = body[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) return;
  const decoder = (decoders[coding] as (first: Buffer) => Transform)(first.value);
  async function* rest() {
    try {
      for (let piece = first; piece.done !== true; piece = await source.next()) yield piece.value;
    } catch (error) {
      lost(error);
      throw error;
    } finally {
      await source.return?.();
    }
  }
  pipeline(rest, decoder, () => {});
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch {
    // Broken here, or lost beneath, which `lost` knows.
  } finally {
    decoder.destroy();
  }
}
