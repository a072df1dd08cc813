import { createGunzip } from "node:zlib";
import { letGo, PackedRun } from "./packed-run.ts";

const outputBytes = 64 * 1024;

/**
 * Gzip to the last checksum: several members one behind the other are one text, and zeros may follow, with
 * which files are filled up. A cut or damaged stream and anything else behind its end throw an error as
 * zlib's: Node itself takes all that follows a zero for nothing, members too.
 */
export async function* gunzipped(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = raw[Symbol.asyncIterator]();
  try {
    const members = new PackedRun(chunks, [], createGunzip({ chunkSize: outputBytes }));
    yield* members.bytes();
    for (const left of members.behind()) mustBeZeros(left);
    for (let step = await chunks.next(); step.done !== true; step = await chunks.next())
      mustBeZeros(step.value);
  } finally {
    letGo(chunks);
  }
}

function mustBeZeros(bytes: Buffer): void {
  if (bytes.every((byte) => byte === 0)) return;
  throw Object.assign(new Error("there is something behind the end"), { code: "Z_DATA_ERROR" });
}
