import { startLoopbackServer } from "../../src/simulate/loopback-server.ts";

/** A request for a token as it came. */
export interface AskedToken {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: URLSearchParams;
}

/** A stand-in for who issues tokens, on loopback. */
export interface TokenIssuerStandIn {
  readonly url: string;
  /** What the next answers are; by default a token that lives for an hour. */
  answer(status: number, body: object | string): void;
  asked(): readonly AskedToken[];
  close(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuerStandIn> {
  const asked: AskedToken[] = [];
  let next: { status: number; body: object | string } = {
    status: 200,
    body: { access_token: "issued-token-0001", token_type: "Bearer", expires_in: 3600 },
  };
  const server = await startLoopbackServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString();
    });
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      asked.push({ method, path: url, headers, form: new URLSearchParams(body) });
      response.writeHead(next.status, { "content-type": "application/json" });
      response.end(typeof next.body === "string" ? next.body : JSON.stringify(next.body));
    });
  }, {});
  return {
    url: server.url,
    answer(status, body) {
      next = { status, body };
    },
    asked: () => asked,
    close: server.close,
  };
}
