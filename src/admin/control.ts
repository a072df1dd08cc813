import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { request, type Server } from "node:http";
import { join } from "node:path";
import type { Scrub } from "../secret/scrub.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import { ListenError } from "./listen-error.ts";
import type { Routes } from "./routes.ts";
import { closed, listening, routeServer } from "./server.ts";
import { targetOf } from "./target.ts";

/** The longest path a Unix socket can have, without the final NUL (unix(7)). */
const longestPath = 107;

/** The path of a daemon's control socket. */
export function controlPath(stateDir: string): string {
  return join(stateDir, "control.sock");
}

/** The start is refused where it does not. */
export function socketFits(stateDir: string): boolean {
  return Buffer.byteLength(controlPath(stateDir)) <= longestPath;
}

/** What came of a reload. */
export interface ReloadAnswer {
  /** Something could not be used, and what was read before stays in use. */
  readonly rejected: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

/** Reads everything again. */
export type ReloadAction = () => ReloadAnswer;

/** Where a daemon is asked to read everything again, by POST. */
export const reloadPath = "/reload";

/** An open control socket. */
export interface Control {
  /**
   * Opens it again where it was removed, or something else stands in its place: the directory is private, so
   * that was done by this user, and the lock on the database says that it is ours. Resolves with whether.
   */
  renew(): Promise<boolean>;
  close(): Promise<void>;
}

/** What is looked at by GET, and what is asked for by POST, by path. */
export interface ControlRoutes {
  readonly routes: Routes;
  readonly actions: Routes;
}

/**
 * For the commands of the user who runs the daemon: who may open the socket may also read the state. A socket
 * that a killed daemon left is replaced; that no other daemon lives was proven by the lock on the database.
 */
export async function controlServer(stateDir: string, views: ControlRoutes, scrub: Scrub): Promise<Control> {
  const path = controlPath(stateDir);
  if (!socketFits(stateDir))
    throw new ListenError(
      `${path} is too long for a socket (${longestPath} bytes): choose a shorter state_dir`,
    );
  let open = await openSocket(path, views, scrub);
  return {
    async renew() {
      if (isSame(path, open)) return false;
      // First of all: closing a server removes what stands at its path, whosever that is.
      await closed(open.server);
      open = await openSocket(path, views, scrub);
      return true;
    },
    close: () => closed(open.server),
  };
}

interface OpenSocket {
  readonly server: Server;
  readonly device: number;
  readonly inode: number;
}

async function openSocket(
  path: string,
  { routes, actions }: ControlRoutes,
  scrub: Scrub,
): Promise<OpenSocket> {
  removeStale(path);
  const server = routeServer({ ...routes, ...actions }, scrub, (request) => {
    const { path: asked } = targetOf(request);
    if (![routes, actions].some((known) => Object.hasOwn(known, asked))) return undefined;
    const allow = Object.hasOwn(actions, asked) ? "POST" : "GET, HEAD";
    if (allow.split(", ").includes(request.method ?? "")) return undefined;
    return { status: 405, text: `only ${allow} is answered here`, headers: { allow } };
  });
  await listening(server, () => server.listen(path)).catch((error: Error) => {
    throw new ListenError(`cannot open the control socket ${path}: ${error.message}`, { cause: error });
  });
  chmodSync(path, 0o600);
  const { dev: device, ino: inode } = lstatSync(path);
  return { server, device, inode };
}

function isSame(path: string, { device, inode }: OpenSocket): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.dev === device && found.ino === inode;
}

function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new ListenError(`${path} is in the way and is no socket: remove it`);
  unlinkSync(path);
}

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

/** Asks a daemon; undefined when none answers there. Rejects when one does not answer properly or in time. */
export function queryDaemon(
  address: DaemonAddress,
  path: string,
  timeoutMs: number,
  clock: Clock = systemClock,
  method: "GET" | "POST" = "GET",
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
        headers: { host: "localhost", ...(authorization === undefined ? {} : { authorization }) },
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
    asking.end();
  }).finally(deadline.clear);
}
