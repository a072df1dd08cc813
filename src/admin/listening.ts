import type { Server } from "node:http";
import { builtin } from "../builtin.ts";
import { ListenError } from "./listen-error.ts";

const { createServer } = builtin("node:http");

/** An address of this machine. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** As people write it. */
export function listenText({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Has `server` listen where admin.listen says. Rejects with a ListenError where it cannot. */
export async function listenAt(server: Server, { host, port }: Address): Promise<void> {
  await listening(server, () => server.listen(port, host)).catch((error: NodeJS.ErrnoException) => {
    throw ListenError.at(`${listenText({ host, port })} (admin.listen)`, error);
  });
}

/** Whether admin.listen could be had now, by having it for a moment. Rejects as `listenAt`. */
export async function tryToListen(address: Address): Promise<void> {
  const server = createServer();
  await listenAt(server, address);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Resolves when the server listens, after `listen`. Rejects with what it says when it cannot. */
export function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      // Accepting may fail later, out of file descriptors for instance; the daemon's work does not depend on
      // this listener.
      server.on("error", () => {});
      resolve();
    });
    listen();
  });
}
