import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { isTestEvent } from "../event/test-event.ts";
import type { RelpBehavior } from "./relp-behavior.ts";
import { type RelpMood, type RelpVisit, relpReply } from "./relp-behavior.ts";
import { relpCommands } from "./relp-frames.ts";

/** The stand-in, and what it took. */
export interface RelpReceiver {
  readonly port: number;
  /** What goes into `address`. */
  readonly url: string;
  /** From now on. `match`: what `refuse_one` refuses. */
  behave(behavior: RelpBehavior, match?: string): void;
  /** The newest messages, oldest first. */
  taken(): readonly string[];
  /** Messages ever taken. */
  count(): number;
  /** How many of them were test events. */
  tests(): number;
  /** Taken, and the sender was not told. */
  unanswered(): number;
  /** Connections ever made. */
  connections(): number;
  /** Connections there are. */
  open(): number;
  /** Sessions that their sender closed in good order. */
  closed(): number;
  /** The most messages that were on their way unanswered at once. */
  window(): number;
  /** Cuts the connections there are. */
  cut(): void;
  close(): Promise<void>;
}

/** What the receiver is like. */
export interface RelpReceiverOptions {
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** How many messages `taken` keeps. */
  readonly keep?: number;
}

/** A stand-in for a RELP receiver such as rsyslog's imrelp, on loopback. */
export async function startRelpReceiver(options: RelpReceiverOptions = {}): Promise<RelpReceiver> {
  const keep = options.keep ?? 100_000;
  const mood: RelpMood = { behavior: "accept", match: "" };
  const seen = { count: 0, tests: 0, unanswered: 0, connections: 0, closed: 0, window: 0 };
  let messages: string[] = [];

  function take(data: Buffer): void {
    const text = data.toString();
    seen.count++;
    if (isTestEvent(text)) seen.tests++;
    messages.push(text);
    // Cut now and then, so that a long rehearsal does not fill the memory.
    if (messages.length >= 2 * keep) messages = messages.slice(-keep);
  }

  const { port, sockets, close } = await listen(options, (socket) => {
    seen.connections++;
    converse(socket, mood, { seen, take });
  });
  return {
    port,
    url: `${options.tls === undefined ? "relp" : "relp+tls"}://127.0.0.1:${port}`,
    behave: (behavior, match = "") => void Object.assign(mood, { behavior, match }),
    taken: () => messages.slice(-keep),
    count: () => seen.count,
    tests: () => seen.tests,
    unanswered: () => seen.unanswered,
    connections: () => seen.connections,
    open: () => sockets.size,
    closed: () => seen.closed,
    window: () => seen.window,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close,
  };
}

interface Listening {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

async function listen(
  { tls, port }: RelpReceiverOptions,
  serve: (socket: Socket) => void,
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = tls === undefined ? createTcpServer() : createTlsServer(tls);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (tls === undefined) serve(socket);
  });
  server.on("secureConnection", (secured: Socket) => {
    secured.on("error", () => {});
    serve(secured);
  });
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  server.listen(port ?? 0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Ears {
  readonly seen: { unanswered: number; closed: number; window: number };
  readonly take: (data: Buffer) => void;
}

function converse(socket: Socket, mood: RelpMood, { seen, take }: Ears): void {
  const visit: RelpVisit = { messages: 0, refused: false };
  let inPiece = 0;
  const commands = relpCommands((command) => {
    if (command.command === "syslog") seen.window = Math.max(seen.window, ++inPiece);
    if (command.command === "close") seen.closed++;
    const { says, takes, unanswered, ends } = relpReply(command, mood, visit);
    if (takes) take(command.data);
    if (unanswered) seen.unanswered++;
    if (says !== "") socket.write(says);
    if (ends === "reset") cutOff(socket);
    if (ends === "end") socket.end();
  });
  socket.on("data", (piece: Buffer) => {
    inPiece = 0;
    try {
      if (!socket.destroyed) commands.push(piece);
    } catch {
      socket.destroy();
    }
  });
}

function cutOff(socket: Socket): void {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}
