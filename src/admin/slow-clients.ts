import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, over, systemClock } from "../time/clock.ts";

/** How long a client may take, milliseconds. */
export interface ClientPatience {
  /** For the head of a request. */
  readonly headMs: number;
  /** For what follows the head. */
  readonly bodyMs: number;
  /** Between an answer and the next request. */
  readonly pauseMs: number;
}

/**
 * Ends connections of clients that take longer. Node would look at all connections every few seconds, also
 * while there are none: so a daemon at rest would wake for nobody.
 */
export function endSlowClients(
  server: Server,
  { headMs, bodyMs, pauseMs }: ClientPatience,
  clock: Pick<Clock, "sleep"> = systemClock,
): void {
  const waits = new WeakMap<Socket, AbortController>();

  function wait(socket: Socket, ms: number, late: () => void): void {
    if (socket.destroyed) return;
    waits.get(socket)?.abort(over);
    const come = new AbortController();
    waits.set(socket, come);
    void clock.sleep(ms, come.signal).then(() => {
      if (!come.signal.aborted) late();
    });
  }

  server.on("connection", (socket: Socket) => {
    wait(socket, headMs, () => refuse(socket));
    socket.once("close", () => waits.get(socket)?.abort(over));
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    wait(socket, bodyMs, () => {
      if (request.complete) return;
      if (response.headersSent) socket.destroy();
      else refuse(socket);
    });
    response.once("close", () => wait(socket, pauseMs + headMs, () => refuse(socket)));
  });
}

/** No answer has begun here, so that this is all that the client reads. */
function refuse(socket: Socket): void {
  const tooLate = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
  socket.end(tooLate, () => socket.destroy());
}
