import type { Server } from "node:http";
import { builtin } from "../builtin.ts";
import type { Scrub } from "../secret/scrub.ts";
import { controlPath } from "./ask.ts";
import { ListenError } from "./listen-error.ts";
import { listening } from "./listening.ts";
import type { Routes } from "./routes.ts";
import { closed, routeServer } from "./server.ts";
import { targetOf } from "./target.ts";

const { chmodSync, lstatSync, unlinkSync } = builtin("node:fs");

/** The longest path a Unix socket can have, without the final NUL (unix(7)). */
const longestPath = 107;

/** The start is refused where it does not. */
export function socketFits(stateDir: string): boolean {
  return Buffer.byteLength(controlPath(stateDir)) <= longestPath;
}

/** What came of a reload. */
export interface ReloadAnswer {
  /** Something could not be used, and what was read before stays in use. */
  readonly rejected: boolean;
  /** Everything was read again. Otherwise it was not, or that is not known. */
  readonly done: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

/** Reads everything again. */
export type ReloadAction = () => Promise<ReloadAnswer>;

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
