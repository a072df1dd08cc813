import type { IncomingMessage } from "node:http";

/** What a request asks for, and by which name of this server (RFC 9112 §3.2). */
export interface RequestTarget {
  /** With its query, as it was sent. */
  readonly text: string;
  readonly path: string;
  /** Undefined: the client named none, as HTTP/1.0 allows. Every browser does. */
  readonly host: string | undefined;
}

/** With a target in absolute form, as for a proxy, that decides and not the Host header (RFC 9112 §3.2.2). */
export function targetOf({ url = "", headers }: Pick<IncomingMessage, "url" | "headers">): RequestTarget {
  const [, authority, rest = ""] = /^https?:\/\/([^/?]*)(.*)$/i.exec(url) ?? [];
  const text = authority === undefined ? url : rest.startsWith("/") ? rest : `/${rest}`;
  return { text, path: text.split("?", 1)[0] ?? "", host: authority ?? headers.host };
}
