import { isIP, type OnReadOpts, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { inTime, NotReached, type Patience } from "./in-time.ts";
import type { TlsOptions } from "./tls.ts";
import { certificateRefused, tlsFault } from "./tls-fault.ts";

/** How a TLS session over a connection is made. */
export interface HandshakeOptions extends Patience {
  /** Whose certificate is expected; a name or an IP address without brackets. */
  readonly host: string;
  readonly tls: TlsOptions;
  readonly alpn?: readonly string[];
  /** As `DialOptions.onread`. */
  readonly onread?: (socket: () => Socket) => OnReadOpts;
  /** So many bytes wait to be read before no more are; Node's own measure where none is given. */
  readonly highWaterMark?: number;
}

const noTls = "the port may not speak TLS";
const noTlsCode = { code: "ERR_NO_TLS" };
const asking = new WeakSet<object>();

/**
 * TLS over a connection, its handshake done and the certificate checked. Rejects with TlsFault, or with the
 * code ERR_NO_TLS: NotReached when the peer says nothing or too little, an error when it ends the connection.
 * The socket is destroyed then.
 */
export async function handshake(socket: Socket, options: HandshakeOptions): Promise<TLSSocket> {
  const { host, tls, alpn, clock, onread, highWaterMark } = options;
  // An IP address is no server name, and the dot behind a whole one is none of it (RFC 6066 §3).
  const servername = tls.session.servername ?? (isIP(host) === 0 ? host.replace(/\.$/, "") : "");
  const ALPNProtocols = alpn === undefined ? {} : { ALPNProtocols: [...alpn] };
  const reading = {
    ...(onread && { onread: onread(() => secure) }),
    ...(highWaterMark !== undefined && { highWaterMark }),
  };
  const secure: TLSSocket = connect({
    ...tls.session,
    socket,
    host,
    servername,
    ...ALPNProtocols,
    ...reading,
  });
  secure.on("error", () => {});
  const look = () => {
    if (wantsCertificate(secure)) asking.add(secure);
  };
  // Once a handshake has failed its session is gone: the last step before is when TLS 1.2 has its key, at
  // which nobody looks.
  secure.on("keylog", look);
  const ended = () => (asking.has(secure) ? certificateRefused(tls.from, clock.now()) : endedInHandshake());
  const done = new Promise<TLSSocket>((resolve, reject) => {
    secure.once("secureConnect", () => {
      look();
      secure.off("keylog", look);
      resolve(secure);
    });
    secure.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ECONNRESET" || error.code === "EPIPE"
          ? ended()
          : tlsFault(error, tls.from, asking.has(secure), clock.now()),
      ),
    );
    secure.once("end", () => reject(ended()));
    secure.once("close", () => reject(ended()));
  });
  // What is no TLS at all is an error with its first bytes.
  const heard = () => (socket.bytesRead > 0 ? `${socket.bytesRead} bytes of it came` : noTls);
  return inTime(options, () => `no end of the TLS handshake (${heard()})`, done).catch((error: unknown) => {
    secure.destroy();
    socket.destroy();
    throw error instanceof NotReached ? Object.assign(error, noTlsCode) : error;
  });
}

/** Whether the peer of a connection asked for a client certificate in its handshake. */
export function asksForCertificate(socket: Socket | undefined): boolean {
  return socket !== undefined && asking.has(socket);
}

/** A client learns which signatures a server takes by its CertificateRequest alone (RFC 8446 §4.3.2). */
function wantsCertificate(secure: TLSSocket): boolean {
  return (secure.getSharedSigalgs() ?? []).length > 0;
}

function endedInHandshake(): Error {
  const error = new Error(`the connection was closed during the TLS handshake: ${noTls}`);
  return Object.assign(error, noTlsCode);
}
