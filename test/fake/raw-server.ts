import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A TCP server on loopback that does with every connection what a test says. */
export interface RawServer {
  readonly port: number;
  /** How many connections came. */
  readonly count: number;
  close(): Promise<void>;
}

export async function rawServer(talk: (socket: Socket) => void, at = 0): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket.on("error", () => {}));
    talk(socket);
  });
  server.listen(at, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return count;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Takes what comes and says nothing. */
export const swallow = (socket: Socket) => void socket.resume();
