import type { Socket } from "node:net";
import { inTime, type Patience } from "../in-time.ts";
import { headBytes } from "../limits.ts";
import { BadAnswer } from "./bad-answer.ts";
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
  const credentials = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  const missing = () => `no answer from the proxy to CONNECT ${target}`;
  try {
    const asked = answerTo(socket, `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`);
    const { status, rest } = await inTime(options, missing, asked);
    if (status < 200 || status > 299) throw refused(status);
    if (rest.length > 0) socket.unshift(rest);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof ProxyFault ? error : new ProxyFault(error as Error);
  }
}

interface TunnelAnswer {
  readonly status: number;
  /** What the remote has said already. */
  readonly rest: Buffer;
}

/**
 * Read here and not by Node's parser, which takes an informational answer to CONNECT for the final one. Of
 * the head only the status counts; after a success no framing does (RFC 9110 §9.3.6).
 */
function answerTo(socket: Socket, question: string): Promise<TunnelAnswer> {
  let heard = Buffer.alloc(0) as Buffer;
  return new Promise<TunnelAnswer>((resolve, reject) => {
    const ended = () => reject(endedUnanswered());
    const listen = () => {
      heard = Buffer.concat([heard, (socket.read() as Buffer | null) ?? Buffer.alloc(0)]);
      try {
        for (let answer = firstAnswer(heard); answer !== undefined; answer = firstAnswer(heard)) {
          heard = answer.rest;
          if (answer.status >= 200 || answer.status === 101) return done(answer);
        }
      } catch (error) {
        reject(error as Error);
      }
    };
    const done = (answer: TunnelAnswer) => {
      socket.off("readable", listen).off("end", ended).off("close", ended).off("error", reject);
      resolve(answer);
    };
    socket.on("readable", listen).on("end", ended).on("close", ended).on("error", reject);
    socket.write(question);
  });
}

function endedUnanswered(): Error {
  const error = new Error("the proxy ended the connection without an answer to CONNECT");
  return Object.assign(error, { code: "ECONNRESET" });
}

/** The first answer of several; undefined when its head is not whole yet. Throws BadAnswer. */
function firstAnswer(heard: Buffer): TunnelAnswer | undefined {
  const end = heard.indexOf("\r\n\r\n");
  if (end === -1 && heard.length < headBytes && !isForeign(heard)) return undefined;
  const status = /^HTTP\/1\.[01] (\d{3})(?=[ \r])/.exec(heard.toString("latin1", 0, 14))?.[1];
  if (end === -1 || status === undefined)
    throw new BadAnswer("it is none to CONNECT; is it an HTTP proxy?", {
      fix: "check scheme, host and port of `proxy` (or HTTPS_PROXY)",
    });
  return { status: Number(status), rest: heard.subarray(end + 4) };
}

function isForeign(heard: Buffer): boolean {
  const start = "HTTP/1.";
  return heard.toString("latin1", 0, start.length) !== start.slice(0, heard.length);
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
