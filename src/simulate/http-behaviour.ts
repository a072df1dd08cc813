import type { ServerResponse } from "node:http";

/** A request that arrived whole. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Buffer;
}

/** What is answered to it. */
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
/** One of them. */
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

/** What is said to a request under a behaviour. */
export type Answer = (request: ReceivedRequest, detail: BehaviourDetail) => ReceiverReply;

/** The behaviour that is on; one that lasts only some requests wears off by itself. */
export interface BehaviourSwitch {
  behave(name: string, detail?: BehaviourDetail): void;
  /** For the next request. */
  next(): { readonly name: string; readonly detail: BehaviourDetail };
}

/** Begins with `accept`. */
export function behaviourSwitch(): BehaviourSwitch {
  const usual = { name: "accept", detail: {}, left: Number.POSITIVE_INFINITY };
  let now: { name: string; detail: BehaviourDetail; left: number } = usual;
  return {
    behave(name, detail = {}) {
      now = { name, detail, left: detail.times ?? Number.POSITIVE_INFINITY };
    },
    next() {
      const { name, detail, left } = now;
      now = left > 1 ? { name, detail, left: left - 1 } : usual;
      return { name, detail };
    },
  };
}

/** What HTTP itself says under a behaviour, without a protocol's words. */
export function plainAnswer(behaviour: string, accept: Answer): Answer {
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
      return (_request, { status = 200 }) => ({
        status,
        headers: { "content-type": "text/html" },
        body: "<!doctype html><title>Sign in</title>",
      });
    case "redirect":
      return (_request, { status = 302, location = "/elsewhere" }) => ({ status, headers: { location } });
    default:
      return accept;
  }
}

/** An error whose body does not end, with terminal commands in it. */
export function flood(response: ServerResponse): void {
  response.writeHead(500, { "content-type": "text/plain" });
  const piece = Buffer.alloc(65_536, "\u001b[2J\r\nnonsense ");
  const pour = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", pour);
  pour();
}

/** A promising beginning, and then the connection ends. */
export function cutAnswer(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"text":"Succ', () => response.socket?.destroy());
}
