import { request } from "node:http";
import type { Socket } from "node:net";
import { inTime, type Patience } from "../in-time.ts";
import { headBytes } from "../limits.ts";
import { badAnswer } from "./bad-answer.ts";
import { ProxyFault } from "./proxy-fault.ts";

/** What a proxy is asked for. */
export interface TunnelOptions extends Patience {
  /** `host:port` of the remote. */
  readonly target: string;
  readonly authorization: string | undefined;
}

/**
 * Makes a connection to a proxy one to the remote (CONNECT, RFC 9110 §9.3.6). Rejects with ProxyFault,
 * whatever came between, the deadline too; the socket is destroyed then.
 */
export async function tunnel(socket: Socket, options: TunnelOptions): Promise<Socket> {
  const { target, authorization } = options;
  const asking = request({
    method: "CONNECT",
    path: target,
    headers: { host: target, ...(authorization !== undefined && { "proxy-authorization": authorization }) },
    createConnection: () => socket,
    maxHeaderSize: headBytes,
  });
  const opened = new Promise<Socket>((resolve, reject) => {
    asking.on("error", (error) => reject(badAnswer(error) ?? error));
    asking.once("connect", ({ statusCode = 0 }, through: Socket, first: Buffer) => {
      if (statusCode < 200 || statusCode > 299) return reject(refused(statusCode));
      if (first.length > 0) through.unshift(first);
      resolve(through);
    });
  });
  asking.end();
  const missing = () => `no answer from the proxy to CONNECT ${target}`;
  return inTime(options, missing, opened).catch((error: Error) => {
    asking.destroy();
    socket.destroy();
    throw error instanceof ProxyFault ? error : new ProxyFault(error);
  });
}

function refused(status: number): ProxyFault {
  const fix =
    status === 407
      ? "check the user name and password in `proxy` (or HTTPS_PROXY)"
      : "look at the proxy's log: it does not let this host through, or cannot reach it";
  return new ProxyFault(new Error(`the proxy answered HTTP ${status} to CONNECT`), {
    fix,
    passing: status !== 407 && status !== 403 && status !== 405,
  });
}
