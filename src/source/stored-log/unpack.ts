import { createZstdDecompress } from "node:zlib";
import { gunzipped } from "../wandb-log/gunzip.ts";
import { letGo, PackedRun } from "../wandb-log/packed-run.ts";
import { VolumeError } from "./volume.ts";

/** How a volume's bytes are packed. */
export type Coding = "plain" | "gzip" | "zstd";

/** A zstd text may begin with a frame that is skipped (RFC 8878, 3.1.2): its first byte is 0x50 to 0x5F. */
const magic: readonly (readonly [Coding, RegExp])[] = [
  ["gzip", /^1f8b/],
  ["zstd", /^(28b52ffd|5[0-9a-f]2a4d18)/],
];
const magicBytes = 4;
const outputBytes = 64 * 1024;

/** What a volume's first bytes say of the others, whatever it is called; and all of its bytes. */
export async function sniffed(raw: AsyncIterable<Buffer>): Promise<{
  readonly coding: Coding;
  readonly bytes: AsyncIterable<Buffer>;
}> {
  const chunks = raw[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let head: Buffer = Buffer.alloc(0);
  while (head.length < magicBytes) {
    const step = await chunks.next();
    if (step.done === true) break;
    first.push(step.value);
    head = Buffer.concat([head, step.value.subarray(0, magicBytes)]);
  }
  const begins = head.toString("hex", 0, magicBytes);
  const found = magic.find(([, pattern]) => pattern.test(begins));
  return { coding: found?.[0] ?? "plain", bytes: joined(first, chunks) };
}

async function* joined(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* first;
    for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * The bytes unpacked, to the last checksum: several members or frames one behind the other are one text. A
 * cut or damaged stream, and anything else behind its end, throws VolumeError.
 */
export function unpacked(coding: Coding, raw: AsyncIterable<Buffer>, volume: string): AsyncIterable<Buffer> {
  if (coding === "plain") return raw;
  return whole(coding === "gzip" ? gunzipped(raw) : unzstd(raw), coding, volume);
}

async function* whole(bytes: AsyncIterable<Buffer>, coding: Coding, volume: string): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== "string" || !/^(Z_|ZSTD_)/.test(code)) throw error;
    const cut = code === "Z_BUF_ERROR";
    throw new VolumeError(volume, "change", {
      reason: cut ? "cut_body" : "bad_encoding",
      message: `${volume}: its ${coding} ${cut ? "ends too early" : `is broken (${code})`}`,
      fix: cut
        ? "if it is still being written, nothing is to be done: it is read again when it has changed; otherwise write it anew"
        : "write it anew, or take it out of what is read",
    });
  }
}

/** Node's own decompressor ends with the first frame and takes what follows for nothing. */
async function* unzstd(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = raw[Symbol.asyncIterator]();
  let rest: readonly Buffer[] = [];
  try {
    for (;;) {
      while (rest.length === 0) {
        const step = await chunks.next();
        if (step.done === true) return;
        if (step.value.length > 0) rest = [step.value];
      }
      const frame = new PackedRun(chunks, rest, createZstdDecompress({ chunkSize: outputBytes }));
      yield* frame.bytes();
      rest = frame.behind();
    }
  } finally {
    letGo(chunks);
  }
}
