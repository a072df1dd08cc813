import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What debugging gateways do: they repeat what they were sent, each time in another writing. */
const writings: readonly ((credential: string) => string)[] = [
  (credential) => credential,
  (credential) => bare(credential),
  (credential) => decoded(credential),
  (credential) => encodeURIComponent(bare(credential)),
  (credential) => new URLSearchParams({ token: bare(credential) }).toString(),
  (credential) => JSON.stringify({ seen: bare(credential) }),
  (credential) => JSON.stringify(JSON.stringify({ seen: bare(credential) })),
  (credential) => base64(bare(credential)),
  (credential) => base64(`u${bare(credential)}`),
  (credential) => base64(`us${bare(credential)}`),
  (credential) => Buffer.from(bare(credential)).toString("base64url"),
  (credential) => bare(credential).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  // So that whatever shortens the answer cuts within the credential.
  ...[185, 190, 290, 390, 395].map((length) => (credential: string) => "p".repeat(length) + bare(credential)),
];

function bare(credential: string): string {
  return credential.replace(/^\w+ /, "");
}

/** `user:key` of Basic authentication. */
function decoded(credential: string): string {
  return credential.startsWith("Basic ") ? Buffer.from(bare(credential), "base64").toString() : credential;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export interface EchoServer {
  readonly url: string;
  readonly port: number;
  /** In how many ways it repeats a credential. */
  readonly writings: number;
  /** Requests to a path that begins so. */
  asked(prefix: string): number;
  close(): Promise<void>;
}

/** A remote that fails as the first part of the path says (`/401`, `/html`, ...) and repeats the credential; as a proxy it refuses with it. */
export async function startEchoServer(): Promise<EchoServer> {
  const counts = new Map<string, number>();
  const sockets = new Set<Socket>();

  function echo(kind: string, credential: string): string {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return (writings[count % writings.length] as (credential: string) => string)(credential);
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const kind = request.url?.split("/", 2)[1] ?? "";
    const { authorization = "", "proxy-authorization": proxied = "" } = request.headers;
    const said = echo(kind, proxied === "" ? authorization : proxied);
    request.resume();
    switch (kind) {
      case "hang":
        return;
      case "reset":
        return void request.socket.resetAndDestroy();
      case "html":
        return void response.writeHead(200, { "content-type": "text/html" }).end(`<html>${said}</html>`);
      case "error":
        return void response.end(JSON.stringify({ error: said }));
      case "redirect":
        return void response.writeHead(302, { location: `/in?token=${encodeURIComponent(said)}` }).end();
      case "redirect-path":
        return void response.writeHead(307, { location: `http://x/${encodeURIComponent(said)}` }).end();
      case "code6":
        return void response
          .writeHead(400)
          .end(JSON.stringify({ text: said, code: 6, "invalid-event-number": 0 }));
      case "partial": {
        const partialSuccess = { rejectedLogRecords: "1", errorMessage: said };
        return void response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ partialSuccess }));
      }
      case "header":
        return void response
          .writeHead(503, { "retry-after": said.replace(/[^\x20-\x7e]/g, ""), server: "x" })
          .end();
      default:
        return void response.writeHead(Number(kind) || 407).end(said);
    }
  }

  const server: Server = createServer(answer);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.on("connect", (request, socket) => {
    const said = echo("connect", request.headers["proxy-authorization"] ?? "");
    socket.on("error", () => {});
    socket.end(
      `HTTP/1.1 407 ${said.replace(/[^\x20-\x7e]/g, "")}\r\ncontent-length: ${said.length}\r\n\r\n${said}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    writings: writings.length,
    asked: (prefix) => counts.get(prefix) ?? 0,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
