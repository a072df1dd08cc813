import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** What the stand-in server can do wrong, by name. */
export const wandbFaults = [
  "short_body",
  "reset",
  "no_last_chunk",
  "unframed",
  "gzip_cut",
  "gzip_damaged",
  "gzip_garbage",
  "gzip_bomb",
  "gzip_twice",
  "html",
  "html_as_json",
  "blank",
  "redirect",
  "unauthorized",
  "forbidden",
  "rate_limited",
  "server_error",
  "drip",
  "endless_head",
  "hang",
  "half_line",
  "all_bad",
  "refused",
  "error_line",
  "error_object",
  "error_tail",
  "multiple_organizations",
  "page_loop",
  "page_circle",
  "empty_pages",
  "wrong_count",
  "null_logs",
  "cursor_expired",
  "no_final_newline",
  "crlf_bom",
] as const;
/** One of them. */
export type WandbFault = (typeof wandbFaults)[number];

const multipleOrganizations =
  "user is associated with multiple organizations but no valid org ID found in user info";
const page =
  "<!doctype html><html><head><title>Weights &amp; Biases</title></head><body>Sign in</body></html>";

/** The finer points of some faults. */
export interface Answered {
  /** Retry-After of `rate_limited` and `server_error`. */
  readonly retryAfter: string | undefined;
  /** Status of `multiple_organizations`. */
  readonly status: number;
  /** Where `redirect` leads to. */
  readonly location: string;
  /** The body of `error_object`, and what stands behind the entries in `error_tail`. */
  readonly errorText: string;
}

/**
 * Answers as the fault says instead of with logs; false when the fault concerns the body, or there is none.
 */
export function answersInstead(
  fault: WandbFault | undefined,
  response: ServerResponse,
  answered: Answered,
): boolean {
  const plain = (status: number, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers }).end(body);
    return true;
  };
  const retryAfter = answered.retryAfter === undefined ? {} : { "retry-after": answered.retryAfter };
  switch (fault) {
    case "html":
      return plain(200, page, { "content-type": "text/html" });
    case "html_as_json":
      return plain(200, page, { "content-type": "application/json" });
    case "blank":
      return plain(200, "");
    case "error_object":
      return plain(200, answered.errorText, { "content-type": "application/json" });
    case "redirect":
      return plain(302, "", { location: answered.location });
    case "unauthorized":
      return plain(401, "unauthorized");
    case "forbidden":
      return plain(403, "Forbidden");
    case "rate_limited":
      return plain(429, "rate limit exceeded", retryAfter);
    case "server_error":
      return plain(503, "upstream connect error", retryAfter);
    case "refused":
      return plain(400, "bad request");
    case "multiple_organizations":
      return plain(answered.status, JSON.stringify({ error: multipleOrganizations }));
    case "hang":
      return true;
    case "endless_head":
      drip(response, "HTTP/1.1 200 OK\r\nx: ", "y");
      return true;
    case "drip":
      drip(response, "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", " ");
      return true;
    default:
      return false;
  }
}

/** Sends a whole body wrongly; false when the fault does not concern the sending. */
export function sendsWrongly(fault: WandbFault | undefined, response: ServerResponse, body: Buffer): boolean {
  const { socket } = response;
  if (socket === null) return false;
  const half = body.subarray(0, Math.floor(body.length / 2));
  const length = (bytes: Buffer) => `HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n`;
  const raw = (head: string, bytes: Buffer) => {
    socket.write(`${head}\r\n`);
    socket.end(bytes);
    return true;
  };
  switch (fault) {
    case "short_body":
      return raw(length(body), half);
    case "reset":
      socket.write(`${length(body)}\r\n`);
      socket.write(half, () => socket.resetAndDestroy());
      return true;
    case "no_last_chunk":
      return raw(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n",
        Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]),
      );
    case "unframed":
      return raw(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n",
        body.subarray(0, body.lastIndexOf(0x0a, body.length - 2) + 1),
      );
    case "gzip_cut":
    case "gzip_damaged":
    case "gzip_garbage": {
      const packed = gzipSync(body);
      if (fault === "gzip_damaged") packed[packed.length - 8] = (packed[packed.length - 8] as number) ^ 0xff;
      const bytes =
        fault === "gzip_cut"
          ? packed.subarray(0, Math.floor(packed.length / 2))
          : fault === "gzip_garbage"
            ? Buffer.concat([packed, Buffer.from("garbage")])
            : packed;
      return raw(`${length(bytes)}content-encoding: gzip\r\n`, bytes);
    }
    case "gzip_twice": {
      const bytes = gzipSync(gzipSync(body));
      return raw(`${length(bytes)}content-encoding: gzip, gzip\r\n`, bytes);
    }
    default:
      return false;
  }
}

/** Changes what the body says. */
export function spoiled(
  fault: WandbFault | undefined,
  lines: readonly string[],
  errorText: string,
): readonly string[] {
  switch (fault) {
    case "half_line": {
      const middle = Math.floor(lines.length / 2);
      return lines.map((line, at) => (at === middle ? line.slice(0, line.length / 2) : line));
    }
    case "all_bad":
      return lines.map((line) => line.slice(0, -1));
    case "error_line":
      return [...lines, JSON.stringify({ error: "context deadline exceeded" })];
    case "error_tail":
      return [...lines, errorText];
    default:
      return lines;
  }
}

function drip(response: ServerResponse, first: string, then: string): void {
  const { socket } = response;
  socket?.write(first);
  const timer = setInterval(() => socket?.write(then), 5);
  socket?.on("error", () => {}).on("close", () => clearInterval(timer));
}
