import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

/** What lets a request through to the server behind, which has no security of its own. */
export interface Guard {
  readonly cert: string;
  readonly key: string;
  /** Value that `authorization` must have. */
  readonly authorization?: string;
  /** PEM file: who has no client certificate of this authority is not let in. */
  readonly clients?: string;
}

/** A proxy that ends TLS. */
export interface GuardedProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes on what is let in, and answers as Elasticsearch does to what is not. */
export async function startGuardedProxy(to: string, guard: Guard): Promise<GuardedProxy> {
  const { authorization, clients } = guard;
  const target = new URL(to);
  const server: Server = createServer(
    {
      cert: readFileSync(guard.cert),
      key: readFileSync(guard.key),
      ...(clients !== undefined && { requestCert: true, ca: readFileSync(clients) }),
    },
    (incoming, outgoing) => {
      const known = clients === undefined || (incoming.socket as TLSSocket).authorized;
      if (!known || (authorization !== undefined && incoming.headers.authorization !== authorization)) {
        const error = { type: "security_exception", reason: "unable to authenticate" };
        outgoing.writeHead(401, { "content-type": "application/json", "x-elastic-product": "Elasticsearch" });
        outgoing.end(JSON.stringify({ error, status: 401 }));
        return;
      }
      const { method, url: path, headers } = incoming;
      const asking = request(
        { host: target.hostname, port: target.port, method, path, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          answer.once("error", () => outgoing.destroy());
        },
      );
      // The server is gone: so is the connection to whoever asked.
      asking.once("error", () => outgoing.destroy());
      incoming.pipe(asking);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
