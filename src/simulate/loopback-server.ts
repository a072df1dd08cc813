import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** What the server is like. */
export interface LoopbackServerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** How long a connection without a request stays open; Node's default when absent. */
  readonly keepAliveMs?: number;
}

/** A server over HTTP that only this machine reaches. */
export interface LoopbackServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https://`. */
  readonly url: string;
  connections(): number;
  /** Ends the connections no request is on, as a server does when they were idle for long. */
  closeIdle(): void;
  /** Ends every connection; may be called twice. */
  close(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function startLoopbackServer(
  listener: RequestListener,
  { port: wanted = 0, tls, keepAliveMs }: LoopbackServerOptions,
): Promise<LoopbackServer> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(wanted, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    connections: () => sockets.size,
    closeIdle: () => server.closeIdleConnections(),
    close() {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}
