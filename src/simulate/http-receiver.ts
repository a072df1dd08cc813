import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import {
  type Answer,
  type BehaviourDetail,
  behaviourSwitch,
  cutAnswer,
  flood,
  type HttpBehaviour,
  plainAnswer,
  type ReceivedRequest,
  type ReceiverReply,
} from "./http-behaviour.ts";
import { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from "./loopback-server.ts";

/** What the protocol says, and where. */
export interface HttpReceiverOptions extends Pick<LoopbackServerOptions, "port" | "tls"> {
  /** What the protocol says to a request when all is well; takes the events. */
  readonly accept: Answer;
  /** What the protocol says under a behaviour; goes before what HTTP alone would say. */
  readonly answers?: Readonly<Record<string, Answer>>;
}

/** A receiver that takes events, or misbehaves as it is told. */
export interface HttpReceiver<B extends string = HttpBehaviour> extends LoopbackServer {
  behave(behaviour: B | HttpBehaviour, detail?: BehaviourDetail): void;
  /** Requests that arrived whole, whatever was answered. */
  requests(): number;
}

/** A server on the loopback interface that takes events over HTTP, or misbehaves as it is told. */
export async function startHttpReceiver<B extends string = HttpBehaviour>(
  options: HttpReceiverOptions,
): Promise<HttpReceiver<B>> {
  const behaviours = behaviourSwitch();
  let requests = 0;

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { name, detail } = behaviours.next();
    if (name === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    const request = await receive(incoming);
    if (request === undefined) return reply(response, { status: 400, body: "the body is not valid gzip" });
    requests++;
    if (name === "hang") return;
    if (name === "bomb") return flood(response);
    if (name === "cut_answer") return cutAnswer(response);
    if (name === "accept_then_cut") {
      options.accept(request, detail);
      incoming.socket.destroy();
      return;
    }
    reply(response, (options.answers?.[name] ?? plainAnswer(name, options.accept))(request, detail));
  }

  const server = await startLoopbackServer((incoming, response) => {
    response.on("error", () => {});
    // A client that goes away in the middle of its request is no fault of the receiver.
    answer(incoming, response).catch(() => incoming.socket.destroy());
  }, options);
  return { ...server, behave: behaviours.behave, requests: () => requests };
}

type Unpack = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const unpackers = new Map<string, Unpack>([
  ["gzip", gunzipSync],
  ["zstd", zstdDecompressSync],
]);

/** Reads a request to its end; undefined when its compression is broken. */
async function receive(incoming: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  let body: Buffer = Buffer.concat(pieces);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  const unpack = unpackers.get(headers["content-encoding"] ?? "");
  if (unpack !== undefined) {
    try {
      body = unpack(body, { maxOutputLength: 2 ** 28 });
    } catch {
      return undefined;
    }
  }
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://receiver");
  return { method: incoming.method ?? "", path: pathname, query: searchParams, headers, body };
}

function reply(response: ServerResponse, { status, headers, body }: ReceiverReply): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body ?? "");
}
