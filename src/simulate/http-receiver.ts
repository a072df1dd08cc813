import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request that arrived whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Buffer;
}

export interface ReceiverReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What every receiver over HTTP can be told to do; receivers add their own. */
export const httpBehaviours = [
  "accept",
  "busy",
  "throttle",
  "unauthorized",
  "forbidden",
  "not_found",
  "too_large",
  "refuse_all",
  "server_error",
  "html",
  "redirect",
  "bomb",
  "hang",
  "reset",
  "accept_then_cut",
  "cut_answer",
] as const;
export type HttpBehaviour = (typeof httpBehaviours)[number];

/** The finer points of a behaviour. */
export interface BehaviourDetail {
  /** How many requests it lasts; then the receiver accepts again. For ever when absent. */
  readonly times?: number;
  readonly retryAfter?: string;
  /** Of a redirect. */
  readonly status?: number;
  readonly location?: string;
  /** Events that hold this text are the bad ones. */
  readonly match?: string;
  /** `too_large` refuses only bodies that are longer, decompressed. */
  readonly maxBytes?: number;
}

type Answer = (request: ReceivedRequest, detail: BehaviourDetail) => ReceiverReply;

export interface HttpReceiverOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** What the protocol says to a request when all is well; takes the events. */
  readonly accept: Answer;
  /** What the protocol says under a behaviour; goes before what HTTP alone would say. */
  readonly answers?: Readonly<Record<string, Answer>>;
}

export interface HttpReceiver<B extends string = HttpBehaviour> {
  readonly port: number;
  readonly url: string;
  behave(behaviour: B | HttpBehaviour, detail?: BehaviourDetail): void;
  /** Requests that arrived whole, whatever was answered. */
  requests(): number;
  connections(): number;
  /** Ends the connections no request is on, as a server does when they were idle for long. */
  closeIdle(): void;
  close(): Promise<void>;
}

/** A server on the loopback interface that takes events over HTTP, or misbehaves as it is told. */
export async function startHttpReceiver<B extends string = HttpBehaviour>(
  options: HttpReceiverOptions,
): Promise<HttpReceiver<B>> {
  let behaviour: string = "accept";
  let detail: BehaviourDetail = {};
  let left = Number.POSITIVE_INFINITY;
  let requests = 0;
  const sockets = new Set<Socket>();

  /** The behaviour for this request; one that lasts only some requests wears off here. */
  function current(): { name: string; detail: BehaviourDetail } {
    const now = { name: behaviour, detail };
    if (--left <= 0) {
      behaviour = "accept";
      detail = {};
      left = Number.POSITIVE_INFINITY;
    }
    return now;
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const now = current();
    if (now.name === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    const request = await receive(incoming);
    if (request === undefined) return reply(response, { status: 400, body: "the body is not valid gzip" });
    requests++;
    if (now.name === "hang") return;
    if (now.name === "bomb") return flood(response);
    if (now.name === "cut_answer") return cutAnswer(response);
    if (now.name === "accept_then_cut") {
      options.accept(request, now.detail);
      incoming.socket.destroy();
      return;
    }
    reply(
      response,
      (options.answers?.[now.name] ?? plainAnswer(now.name, options.accept))(request, now.detail),
    );
  }

  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    response.on("error", () => {});
    // A client that goes away in the middle of its request is no fault of the receiver.
    answer(incoming, response).catch(() => incoming.socket.destroy());
  };
  const server: Server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    behave(next, nextDetail = {}) {
      behaviour = next;
      detail = nextDetail;
      left = nextDetail.times ?? Number.POSITIVE_INFINITY;
    },
    requests: () => requests,
    connections: () => sockets.size,
    closeIdle: () => server.closeIdleConnections(),
    close() {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Reads a request to its end; undefined when its compression is broken. */
async function receive(incoming: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  let body = Buffer.concat(pieces);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  if (headers["content-encoding"] === "gzip") {
    try {
      body = gunzipSync(body, { maxOutputLength: 2 ** 28 });
    } catch {
      return undefined;
    }
  }
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://receiver");
  return { method: incoming.method ?? "", path: pathname, query: searchParams, headers, body };
}

/** What HTTP itself says under a behaviour, without a protocol's words. */
function plainAnswer(behaviour: string, accept: Answer): Answer {
  const says = (status: number, body: string): Answer => {
    return (_request, { retryAfter }) => ({
      status,
      headers: {
        "content-type": "text/plain",
        ...(retryAfter !== undefined && { "retry-after": retryAfter }),
      },
      body,
    });
  };
  switch (behaviour) {
    case "busy":
      return says(503, "busy");
    case "throttle":
      return says(429, "too many requests");
    case "unauthorized":
      // Some gateways repeat what they were sent.
      return (request) => ({ status: 401, body: `not accepted: ${request.headers.authorization ?? ""}` });
    case "forbidden":
      return says(403, "forbidden");
    case "not_found":
      return says(404, "not found");
    case "refuse_all":
      return says(400, "bad request");
    case "server_error":
      return says(500, "internal error");
    case "too_large":
      return (request, detail) =>
        request.body.length > (detail.maxBytes ?? 0)
          ? { status: 413, body: "payload too large" }
          : accept(request, detail);
    case "html":
      return () => ({
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<!doctype html><title>Sign in</title>",
      });
    case "redirect":
      return (_request, { status = 302, location = "/elsewhere" }) => ({ status, headers: { location } });
    default:
      return accept;
  }
}

function reply(response: ServerResponse, { status, headers, body }: ReceiverReply): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body ?? "");
}

/** An error whose body does not end, with terminal commands in it. */
function flood(response: ServerResponse): void {
  response.writeHead(500, { "content-type": "text/plain" });
  const piece = Buffer.alloc(65_536, "\u001b[2J\r\nnonsense ");
  const pour = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", pour);
  pour();
}

/** A promising beginning, and then the connection ends. */
function cutAnswer(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"text":"Succ', () => response.socket?.destroy());
}
