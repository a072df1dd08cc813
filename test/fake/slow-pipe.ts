import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** How what the server says goes on to the client. */
export interface Pace {
  /** So many bytes at a time; all that is there when absent. */
  readonly bytes?: number;
  readonly everyMs: number;
  /** So many bytes of each connection pass at once before that. */
  readonly free?: number;
}

/** A TCP proxy on loopback through which a server's words arrive slowly. What clients say passes at once. */
export interface SlowPipe {
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  /** How many came. */
  readonly count: number;
  pace(pace: Pace | undefined): void;
  close(): Promise<void>;
}

export async function slowPipe(target: number, first?: Pace): Promise<SlowPipe> {
  let pace = first;
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    count++;
    const behind = connect(target, "127.0.0.1");
    for (const socket of [client, behind]) {
      sockets.add(socket.on("error", () => {}));
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        behind.destroy();
      });
    }
    client.pipe(behind);
    void trickle(behind, client, () => pace);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size / 2;
    },
    get count() {
      return count;
    },
    pace(next) {
      pace = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function trickle(from: Socket, to: Socket, paceNow: () => Pace | undefined): Promise<void> {
  let passed = 0;
  try {
    for await (const chunk of from as AsyncIterable<Buffer>)
      for (let at = 0; at < chunk.length; ) {
        const pace = paceNow();
        const isFree = pace === undefined || passed < (pace.free ?? 0);
        const size = isFree ? chunk.length : (pace.bytes ?? chunk.length);
        if (!isFree) await new Promise((resolve) => setTimeout(resolve, pace.everyMs));
        const piece = chunk.subarray(at, at + size);
        to.write(piece);
        at += piece.length;
        passed += piece.length;
      }
    to.end();
  } catch {
    to.destroy();
  }
}
