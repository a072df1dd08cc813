import { isHttp2Settings, isTlsRecord } from "../spoken.ts";

/** The answer is not HTTP as RFC 9112 has it, or asks for what nobody offered. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
  readonly fix: string;
  /** It is the address that is wrong: a person has to repair it. */
  readonly wrongPort: boolean;

  constructor(words: string, options: { fix?: string; wrongPort?: boolean; cause?: unknown } = {}) {
    super(`bad HTTP answer: ${words}`, { cause: options.cause });
    this.fix =
      options.fix ??
      "look with `curl -v` at what answers there: it, or something between, does not keep to HTTP/1.1";
    this.wrongPort = options.wrongPort ?? false;
  }
}

/** The parser's complaint in our words; undefined when the error is none of the parser's. */
export function badAnswer(error: unknown): BadAnswer | undefined {
  const { code, reason, rawPacket } = error as { code?: unknown; reason?: unknown; rawPacket?: unknown };
  if (typeof code !== "string" || !code.startsWith("HPE_")) return undefined;
  const bytes = Buffer.isBuffer(rawPacket) ? rawPacket : Buffer.alloc(0);
  if (isTlsRecord(bytes))
    return new BadAnswer("the port speaks TLS", { fix: httpsFix, wrongPort: true, cause: error });
  if (isHttp2Settings(bytes))
    return new BadAnswer("the port speaks HTTP/2 only", { fix: http2Fix, wrongPort: true, cause: error });
  if (code === "HPE_HEADER_OVERFLOW")
    return new BadAnswer("its head is larger than 64 KiB", { fix: headFix, cause: error });
  if (code === "HPE_INVALID_CONSTANT")
    return new BadAnswer(`it does not begin with HTTP/1.1; is it https? (${String(reason)})`, {
      fix: "check scheme and port: something else than HTTP may speak there",
      cause: error,
    });
  return new BadAnswer(notTaken[String(reason)] ?? String(reason), { cause: error });
}

/** What a recipient may take, and this parser does not: it is said, and not blamed on the remote alone. */
const notTaken: Readonly<Record<string, string>> = {
  "Unexpected whitespace after header value":
    "a header value folded over several lines (RFC 9112 §5.2), which this program does not take",
  "Missing expected CR after header value":
    "line ends without CR (RFC 9112 §2.2), which this program does not take",
  "Missing expected CR after response line":
    "line ends without CR (RFC 9112 §2.2), which this program does not take",
  "Duplicate Content-Length": "Content-Length twice (RFC 9110 §8.6), which this program does not take",
};

/** The cure where plain HTTP was sent to a port that speaks TLS. */
export const httpsFix = "write https:// in place of http://: the port speaks TLS";
const http2Fix = "check the port: gRPC speaks HTTP/2 there; OTLP over HTTP is usually at 4318, gRPC at 4317";
const headFix = "look at the proxies between: which of them adds so many headers?";

/**
 * Whether the words of an answer with status 400 say that plain HTTP came to a port that speaks TLS: nginx,
 * Go, Apache, HAProxy, Envoy, Jetty.
 */
export function saysHttps(words: string): boolean {
  return /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS|speaking plain HTTP to an SSL|requires TLS|combination of host and port requires TLS/i.test(
    words,
  );
}
