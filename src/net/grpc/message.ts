import { builtin } from "../../builtin.ts";

/** The specification's own limit for what a client of OTLP reads of a success. */
export const mostAnswerBytes = 4_194_304;
/** Compressed-Flag and Message-Length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const headBytes = 5;

/** A message, in pieces, as it goes on the stream. */
export function framed(message: readonly Buffer[], packed: boolean): readonly Buffer[] {
  const head = Buffer.alloc(headBytes);
  head[0] = packed ? 1 : 0;
  const size = message.reduce((sum, { length }) => sum + length, 0);
  head.writeUInt32BE(size, 1);
  return [head, ...message];
}

/**
 * The one message of an answer, unpacked as `encoding` says; empty where there is none. Undefined: that is
 * not what came. Some servers pack an answer as the request was, asked or not.
 */
export function unframed(body: Buffer, encoding = "identity"): Buffer | undefined {
  if (body.length === 0) return body;
  if (body.length < headBytes || body.length !== headBytes + body.readUInt32BE(1)) return undefined;
  const message = body.subarray(headBytes);
  if (body[0] === 0) return message;
  const unpack = body[0] === 1 ? unpackers[encoding] : undefined;
  try {
    return unpack?.(message);
  } catch {
    return undefined;
  }
}

const limit = { maxOutputLength: mostAnswerBytes };
const unpackers: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: (packed) => zlib().gunzipSync(packed, limit),
  zstd: (packed) => zlib().zstdDecompressSync(packed, limit),
};

function zlib() {
  return builtin("node:zlib");
}

/** `grpc-message` is percent-encoded UTF-8; what is not stays as it is. */
export function decodedMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
