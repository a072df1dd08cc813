import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { builtin } from "../builtin.ts";
import { isLoopback } from "../net/loopback.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { Secret } from "../secret/secret.ts";
import { SpoolError } from "../spool/spool-error.ts";
import { noRoomStatus } from "./ask.ts";
import { guard, type RequestRefusal } from "./guard.ts";
import { listenAt, listenText } from "./listening.ts";
import type { RouteAnswer, Routes } from "./routes.ts";
import { sentQuery } from "./sent-query.ts";
import { endSlowClients } from "./slow-clients.ts";
import { targetOf } from "./target.ts";

const { createServer } = builtin("node:http");

/** Where the listener listens, whom it answers, and with what. */
export interface AdminOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly token: Secret | undefined;
  /** Whether `/metrics` needs the token. */
  readonly metrics: "token" | "open";
  readonly allowedHosts: readonly string[];
  readonly routes: Routes;
  readonly scrub: Scrub;
  /** How long a client may take for the head of its request. */
  readonly headMs?: number;
}

/** An open listener. */
export interface Admin {
  /** `http://127.0.0.1:9464` */
  readonly url: string;
  readonly port: number;
  /** Ends at once, answers in progress included. */
  close(): Promise<void>;
}

/** The listener for metrics, health and status. Rejects with a ListenError where it cannot listen. */
export async function adminServer({
  listen,
  token,
  metrics,
  allowedHosts,
  routes,
  scrub,
  headMs,
}: AdminOptions): Promise<Admin> {
  const { host, port } = listen;
  if (!isLoopback(host) && token === undefined)
    throw new Error(
      `admin.listen ${listenText(listen)} can be reached from other machines: set admin.token, or listen on 127.0.0.1`,
    );
  const refuse = guard({ host, token, metrics, allowedHosts });
  const server = routeServer(routes, scrub, refuse, headMs);
  await listenAt(server, listen);
  const bound = server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  return {
    port: boundPort,
    url: `http://${listenText({ host, port: boundPort })}`,
    close: () => closed(server),
  };
}

/** So long a connection waits for a request, and a request may take as a whole, milliseconds. */
const [pauseMs, requestMs] = [5_000, 10_000];

/** A server for the routes that slow or many clients cannot hurt. */
export function routeServer(
  routes: Routes,
  scrub: Scrub,
  refuse: (request: IncomingMessage) => RequestRefusal | undefined,
  headMs = 5_000,
): Server {
  const server = createServer(
    {
      maxHeaderSize: 8_192,
      keepAliveTimeout: pauseMs,
      headersTimeout: 0,
      requestTimeout: 0,
      // Node's own way of those two, which is never to wake us: as long as a timer may be.
      connectionsCheckingInterval: 2 ** 31 - 1,
    },
    (request, response) => {
      if (oneAtATime(request, response)) answer(request, response).catch(() => response.destroy());
    },
  );
  endSlowClients(server, { headMs, bodyMs: requestMs - headMs, pauseMs });
  server.maxHeadersCount = 64;
  server.maxRequestsPerSocket = 1_000;
  makeRoom(server);
  // A client that does not take its answer.
  server.setTimeout(10_000, (socket) => socket.destroy());
  server.on("checkContinue", (request, response) => server.emit("request", request, response));
  // Without a listener for it, the offer of another protocol is passed over (RFC 9110 §7.8).
  server.on("connect", (_request, socket) => {
    socket.on("error", () => {});
    const no = "HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD\r\nconnection: close\r\n\r\n";
    socket.end(no, () => socket.destroy());
  });

  /** Answers that are made, or not taken yet. */
  let answering = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuse(request);
    if (refusal !== undefined) {
      // The connection ends, so that no body that follows has to be read.
      reply(request, response, refusal.status, "text/plain; charset=utf-8", `${refusal.text}\n`, {
        connection: "close",
        ...refusal.headers,
      });
      return;
    }
    const { path, text } = targetOf(request);
    if (answering >= mostAnswers && path !== "/livez") {
      reply(request, response, 503, "text/plain; charset=utf-8", "too many ask at once: try again\n", {
        connection: "close",
        "retry-after": "1",
      });
      return;
    }
    answering++;
    response.once("close", () => answering--);
    const query = await sentQuery(request, text.slice(path.length));
    const view = query === undefined ? tooLong : await viewOf(path, query);
    // What follows an offer on the same connection would not be read as HTTP.
    const last = request.headers.upgrade === undefined ? {} : { connection: "close" };
    reply(request, response, view.status, view.type, scrub(view.body), { ...view.headers, ...last });
  }

  async function viewOf(path: string, query: URLSearchParams): Promise<RouteAnswer> {
    const make = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (make === undefined)
      return {
        status: 404,
        type: "text/plain; charset=utf-8",
        body: "not found; there are / /activity /operate /status /metrics /livez /readyz\n",
      };
    try {
      return await make(query);
    } catch (error) {
      return failed(error);
    }
  }

  return server;
}

/** The connection ends, so that the rest of it need not be read. */
const tooLong: RouteAnswer = {
  status: 400,
  type: "text/plain; charset=utf-8",
  body: "the query is too long, or did not come whole\n",
  headers: { connection: "close" },
};

/** Without room on the disk a person knows what to do; all else is in the log. */
function failed(error: unknown): RouteAnswer {
  const type = "text/plain; charset=utf-8";
  if (error instanceof SpoolError && error.failure === "full")
    return { status: noRoomStatus, type, body: `${error.message}; fix: ${error.fix}\n` };
  return { status: 500, type, body: "this view failed; see the log\n" };
}

/** The most answers at one time: each holds its text until the client has taken it. */
const mostAnswers = 16;
/** The most connections: one more ends the one that has waited longest. */
const mostConnections = 100;

const answered = new WeakSet<Socket>();

/**
 * False for a request that came before the one ahead of it on the same connection was answered: the
 * connection ends, and the client asks again (RFC 9112 §9.3.2).
 */
function oneAtATime({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (answered.has(socket)) {
    socket.destroy();
    return false;
  }
  answered.add(socket);
  response.once("close", () => answered.delete(socket));
  return true;
}

/**
 * There is always room for one more, such as a probe that asks whether this lives: who has been connected
 * longest makes it, and of those that are being answered only when there is nobody else.
 */
function makeRoom(server: Server): void {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    if (open.size <= mostConnections) return;
    const oldest = [...open].find((each) => !answered.has(each)) ?? [...open][0];
    oldest?.destroy();
  });
}

function reply(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": bytes.byteLength,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Resolves when the server has closed; answers in progress are cut off. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
