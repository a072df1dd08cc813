import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { inTime, type Patience } from "./in-time.ts";
import type { TlsOptions } from "./tls.ts";

/** How a TLS session over a connection is made. */
export interface HandshakeOptions extends Patience {
  /** Whose certificate is expected; a name or an IP address without brackets. */
  readonly host: string;
  readonly tls: TlsOptions;
  readonly alpn?: readonly string[];
}

const noTls = "the port may not speak TLS";

/**
 * TLS over a connection, its handshake done and the certificate checked. Rejects with NotReached, with what
 * TLS says, or with the code ERR_NO_TLS when the peer ends the connection; the socket is destroyed then.
 */
export async function handshake(socket: Socket, options: HandshakeOptions): Promise<TLSSocket> {
  const { host, tls, alpn } = options;
  // An IP address is no server name (RFC 6066 §3).
  const servername = tls.servername ?? (isIP(host) === 0 ? host : "");
  const ALPNProtocols = alpn === undefined ? {} : { ALPNProtocols: [...alpn] };
  const secure = connect({ ...tls, socket, host, servername, ...ALPNProtocols });
  secure.on("error", () => {});
  const done = new Promise<TLSSocket>((resolve, reject) => {
    secure.once("secureConnect", () => resolve(secure));
    secure.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ECONNRESET" ? ended() : error),
    );
    secure.once("end", () => reject(ended()));
    secure.once("close", () => reject(ended()));
  });
  return inTime(options, () => `no end of the TLS handshake (${noTls})`, done).catch((error: unknown) => {
    secure.destroy();
    socket.destroy();
    throw error;
  });
}

function ended(): Error {
  const error = new Error(`the connection was closed during the TLS handshake: ${noTls}`);
  return Object.assign(error, { code: "ERR_NO_TLS" });
}
