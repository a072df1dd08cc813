import type { ProxyTlsConfig, TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";

/**
 * How a client reaches one origin. Redirects are never followed, TLS is verified unless the operator said
 * otherwise.
 */
export interface HttpOptions {
  readonly url: URL;
  readonly tls?: TlsConfig | undefined;
  /**
   * Proxy URL from the configuration; without it `environment` decides (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).
   */
  readonly proxy?: string | undefined;
  /** For the way to a proxy with an `https` address; the proxy's own, never the remote's. */
  readonly proxyTls?: ProxyTlsConfig | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  readonly clock: Clock;
  /** What is read of an answer at once, at most: more where bodies are large. 64 KiB if nothing is given. */
  readonly readBytes?: number;
}

/** One request to the client's origin. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Path and query, absolute on the client's origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Buffers go one behind the other, none of them copied. */
  readonly body?: string | Buffer | readonly Buffer[];
  /**
   * Give up now, wherever the request is: at the resolver, the proxy, TLS, the head or the body. It is the
   * only limit of the time that an answer takes.
   */
  readonly deadline: AbortSignal;
}

/** An answer whose head has come; its body may still be on its way. */
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Raw bytes, never decompressed, each chunk in memory that nobody else uses. Must be read to its end or
   * destroyed with `discard`.
   */
  readonly body: AsyncIterable<Buffer>;
  /**
   * The first `maxBytes` of the body, its declared content codings undone; then discards the rest. Rejects
   * for a coding that is not known.
   */
  bytes(maxBytes: number): Promise<Buffer>;
  /** The same as text. */
  text(maxBytes: number): Promise<string>;
  discard(): void;
}

/** A client for one origin, with connections that it keeps. May be used for several requests at a time. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpAnswer>;
  /**
   * Reads TLS files again; true when they had changed, and no connection made before is used for another
   * request then. Throws an Error that names a file which cannot be used: what was read before stays in use.
   */
  reload(): boolean;
  close(): Promise<void>;
}

/** What went wrong between two machines, told apart so that a person knows where to look. */
export interface NetworkFault {
  readonly reason: "timeout" | "dns" | "connect" | "connection_lost" | "tls" | "proxy" | "bad_answer";
  /** One line, free of secrets. */
  readonly detail: string;
  readonly fix: string;
  /** A person has to repair something; otherwise it may pass by itself. */
  readonly hold: boolean;
}
