import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { TlsOptions } from "../../net/tls.ts";
import type { Clock } from "../../time/clock.ts";
import { loopTurn } from "../../time/turn.ts";
import type { Address } from "./address.ts";

/**
 * One TCP or TLS connection. Its steps follow one another; each rejects as soon as the connection is over
 * before its time.
 */
export interface Connection {
  readonly socket: Socket;
  isOver(): boolean;
  /** Resolves when connected, TLS handshake included. */
  connected(): Promise<void>;
  /** Resolves when the operating system has taken the bytes: nothing is known about the peer then. */
  write(bytes: Buffer): Promise<void>;
  /** Waits until so many bytes should have arrived; rejects when the peer turns out to be gone. */
  settle(bytes: number): Promise<void>;
  /** Ends our side; resolves when the peer, having read everything, ends its own. */
  finish(): Promise<void>;
  destroy(reason?: Error): void;
}

/** What a sender may have under way before the first acknowledgement (RFC 6928: ten segments). */
const initialWindow = 14_600;
const longestSettleMs = 1000;

/** Begins to connect. */
export function open(address: Address, tls: TlsOptions | undefined, clock: Clock): Connection {
  const socket = dial(address, tls);
  const ready = tls === undefined ? "connect" : "secureConnect";
  const roundTrip = roundTripOf(socket, ready, clock);
  const over = endOf(socket, tls === undefined ? undefined : ready);
  socket.setNoDelay(true);
  // Whatever the peer says is read and dropped: unread bytes would turn our end into a reset, which discards
  // what is under way.
  socket.resume();

  function step(begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (over.aborted) return reject(over.reason);
      const interrupt = () => reject(over.reason);
      over.addEventListener("abort", interrupt, { once: true });
      begin(() => {
        over.removeEventListener("abort", interrupt);
        resolve();
      });
    });
  }

  return {
    socket,
    isOver: () => over.aborted,
    connected: () => step((done) => socket.once(ready, done)),
    write: (bytes) => step((done) => socket.write(bytes, (error) => error ?? done())),
    settle: (bytes) =>
      step(async (done) => {
        await clock.sleep(settleMs(bytes, roundTrip()), over);
        // The wait may be over before the loop has looked at what arrived meanwhile: it looks once more.
        await loopTurn();
        await loopTurn();
        done();
      }),
    finish: () =>
      step((done) => {
        socket.prependOnceListener("end", done);
        socket.end();
      }),
    destroy: (reason) => void socket.destroy(reason),
  };
}

/**
 * How long so many bytes are under way. A peer that closes meanwhile answers them with a reset, but its end
 * comes first and looks like consent. Slow start takes about this long; an end seen by then is a loss.
 */
function settleMs(bytes: number, roundTripMs: number): number {
  const rounds = 1 + Math.ceil(Math.log2(1 + bytes / initialWindow));
  return Math.min(1 + rounds * roundTripMs, longestSettleMs);
}

/**
 * How long it took to connect, in milliseconds. With TLS this is some round trips and the arithmetic on both
 * sides: how long a receiver may take to turn us away.
 */
function roundTripOf(socket: Socket, ready: string, clock: Clock): () => number {
  let attemptAt = clock.monotonic();
  let roundTripMs = 0;
  socket.on("connectionAttempt", () => {
    attemptAt = clock.monotonic();
  });
  socket.once(ready, () => {
    roundTripMs = clock.monotonic() - attemptAt;
  });
  return () => roundTripMs;
}

/**
 * Aborts when the connection is over, with the first that was heard of it. `handshake`: the event that ends
 * TLS's, if there is one.
 */
function endOf(socket: Socket, handshake: string | undefined): AbortSignal {
  const over = new AbortController();
  let shaken = handshake === undefined;
  if (handshake !== undefined)
    socket.once(handshake, () => {
      shaken = true;
    });
  const early = () =>
    shaken ? "before it had everything" : "during the TLS handshake: the port may not speak TLS";
  const end = (reason: Error) => {
    if (!over.signal.aborted) over.abort(reason);
  };
  socket.on("error", end);
  socket.on("end", () => end(new Error(`the receiver ended the connection ${early()}`)));
  socket.on("close", () => end(new Error(`the receiver's connection was closed ${early()}`)));
  return over.signal;
}

function dial({ host, port }: Address, tls: TlsOptions | undefined): Socket {
  // Half-open: the peer's end must not end our side unnoticed.
  if (tls === undefined) return connectTcp({ host, port, allowHalfOpen: true });
  const servername = tls.servername ?? (isIP(host) === 0 ? host : "");
  const options: ConnectionOptions & { allowHalfOpen: boolean } = {
    ...tls,
    host,
    port,
    servername,
    allowHalfOpen: true,
  };
  return connectTls(options);
}
