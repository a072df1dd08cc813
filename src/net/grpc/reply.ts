import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { BadAnswer } from "../http/bad-answer.ts";
import type { GrpcReply } from "./grpc.ts";
import { decodedMessage, mostAnswerBytes, unframed } from "./message.ts";

/** Of what is none of gRPC so much is read. */
const foreignBytes = 65_536;

/** What comes on a stream, once it is whole. Rejects when it ends before, or is too long to be an answer. */
export async function replyOf(stream: ClientHttp2Stream): Promise<GrpcReply> {
  const body = new Body();
  let headers: IncomingHttpHeaders = {};
  let status = 0;
  return new Promise((resolve, reject) => {
    const ready = () => {
      try {
        resolve(read(status, headers, body.bytes));
      } catch (error) {
        reject(error);
      }
    };
    stream.on("error", reject);
    stream.on("response", (head) => {
      headers = { ...head };
      status = Number(head[":status"]);
    });
    stream.on("trailers", (trailers) => {
      headers = { ...headers, ...trailers };
    });
    stream.on("data", (piece: Buffer) => {
      body.add(piece);
      if (body.size <= (isGrpc(headers) ? mostAnswerBytes : foreignBytes)) return;
      if (isGrpc(headers)) reject(new BadAnswer("it is longer than an answer of gRPC can be"));
      else ready();
      stream.close();
    });
    stream.on("end", () => {
      // A stream that was reset ends as well, and has an error behind that.
      if (stream.rstCode === 0 && status !== 0) ready();
    });
    stream.on("close", () => reject(new Error(`the stream was ended (HTTP/2 error ${stream.rstCode})`)));
  });
}

/**
 * What comes on a stream, in one piece of memory: a peer may send one byte in each frame, and an object for
 * each would take a hundred times as much.
 */
class Body {
  size = 0;
  #memory: Buffer = Buffer.alloc(1024);

  add(piece: Buffer): void {
    const wanted = this.size + piece.length;
    if (wanted > this.#memory.length) this.#memory = Buffer.concat([this.#memory], 2 * wanted);
    this.size += piece.copy(this.#memory, this.size);
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.size);
  }
}

function read(status: number, raw: IncomingHttpHeaders, body: Buffer): GrpcReply {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw))
    if (value !== undefined && !name.startsWith(":"))
      headers[name] = Array.isArray(value) ? value.join(", ") : value;
  const code = codeIn(headers);
  if (!isGrpc(headers) || code === undefined)
    return { status, headers, code: undefined, words: body.toString(), details: undefined, message: noBytes };
  const message = unframed(body, headers["grpc-encoding"]);
  // Whoever took something says so by a message, be it an empty one; a status alone is quickly said.
  if (code === 0 && (message === undefined || body.length === 0))
    throw new BadAnswer("what it calls a success is not one message of gRPC", { fix: successFix });
  const details = headers["grpc-status-details-bin"];
  return {
    status,
    headers,
    code,
    words: decodedMessage(headers["grpc-message"] ?? ""),
    details: details === undefined ? undefined : Buffer.from(details, "base64"),
    message: message ?? noBytes,
  };
}

const successFix =
  "look at what answers there, and at the gateways before it: something says `grpc-status: 0` that takes no calls";

const noBytes = Buffer.alloc(0);

function isGrpc(headers: Readonly<Record<string, unknown>>): boolean {
  return /^application\/grpc(?:[+;]|$)/i.test(String(headers["content-type"] ?? ""));
}

function codeIn(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers["grpc-status"] ?? "";
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}
