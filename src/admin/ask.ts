import { join } from "node:path";
import { builtin } from "../builtin.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { formType } from "./sent-query.ts";

const { request } = builtin("node:http");

/** The path of a daemon's control socket. */
export function controlPath(stateDir: string): string {
  return join(stateDir, "control.sock");
}

/** Where a daemon is asked to read everything again, by POST. */
export const reloadPath = "/reload";

/** The status of a daemon that has no room on its disk to do what it was asked for: the body says the fix. */
export const noRoomStatus = 507;

/** Far more than any view has. Whoever listens where a daemon should need not be one. */
const longestAnswer = 64 * 1024 * 1024;

/** What a daemon answered: an HTTP status and a body. */
export interface DaemonAnswer {
  readonly status: number;
  readonly body: string;
}

/** Where a daemon can be asked: by its socket, or by address. */
export type DaemonAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly authorization?: string };

/** Asks a daemon to read everything again; undefined and rejections as with `queryDaemon`. */
export function askToReload(address: DaemonAddress, timeoutMs: number): Promise<DaemonAnswer | undefined> {
  return queryDaemon(address, reloadPath, timeoutMs, systemClock, "POST");
}

/**
 * Asks a daemon, with a `body` where a query is too long for a path; undefined when none answers there.
 * Rejects when one does not answer properly or in time.
 */
export function queryDaemon(
  address: DaemonAddress,
  path: string,
  timeoutMs: number,
  clock: Clock = systemClock,
  method: "GET" | "POST" = "GET",
  body = "",
): Promise<DaemonAnswer | undefined> {
  const deadline = deadlineAfter(clock, timeoutMs, new AbortController().signal);
  return new Promise<DaemonAnswer | undefined>((resolve, reject) => {
    const { authorization, ...where } = { authorization: undefined, ...address };
    const asking = request(
      {
        ...where,
        method,
        path,
        agent: false,
        headers: {
          host: "localhost",
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === "" ? {} : { "content-type": formType, "content-length": Buffer.byteLength(body) }),
        },
        signal: deadline.signal,
      },
      (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on("data", (piece: Buffer) => {
          size += piece.length;
          if (size > longestAnswer) response.destroy(new Error("its answer does not end"));
          else pieces.push(piece);
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }),
        );
        response.on("error", reject);
      },
    );
    asking.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else if (error.name === "AbortError" || error.name === "TimeoutError")
        reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      else reject(error);
    });
    asking.end(body);
  }).finally(deadline.clear);
}
