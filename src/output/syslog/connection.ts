import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { TlsOptions } from "../../net/tls.ts";
import { systemClock } from "../../time/clock.ts";
import type { Address } from "./address.ts";

/** One TCP or TLS connection. Its steps follow one another; each rejects as soon as the connection is over before its time. */
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

export function open(address: Address, tls: TlsOptions | undefined): Connection {
  const socket = dial(address, tls);
  const ready = tls === undefined ? "connect" : "secureConnect";
  let over: Error | undefined;
  let shaken = false;
  let interrupt: (reason: Error) => void = () => {};
  let attemptAt = systemClock.monotonic();
  let roundTripMs = 0;

  const end = (reason: Error) => {
    over ??= reason;
    interrupt(over);
  };
  socket.on("connectionAttempt", () => {
    attemptAt = systemClock.monotonic();
  });
  // With TLS this is some round trips and the arithmetic on both sides: how long a receiver may take to turn us away.
  socket.once(ready, () => {
    shaken = true;
    roundTripMs = systemClock.monotonic() - attemptAt;
  });
  socket.on("error", end);
  const early = () =>
    tls !== undefined && !shaken
      ? "during the TLS handshake: the port may not speak TLS"
      : "before it had everything";
  socket.on("end", () => end(new Error(`the receiver ended the connection ${early()}`)));
  socket.on("close", () => end(new Error(`the receiver's connection was closed ${early()}`)));
  socket.setNoDelay(true);
  // Whatever the peer says is read and dropped: unread bytes would turn our end into a reset, which discards what is under way.
  socket.resume();

  function step(begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (over !== undefined) return reject(over);
      interrupt = reject;
      begin(resolve);
    });
  }

  return {
    socket,
    isOver: () => over !== undefined,
    connected: () => step((done) => socket.once(ready, done)),
    write: (bytes) => step((done) => socket.write(bytes, (error) => error ?? done())),
    settle: (bytes) =>
      step((done) => {
        // A peer that closes while bytes are under way answers them with a reset, but its end comes first and looks like
        // consent. Slow start takes about this long; an end seen by then is a loss.
        const rounds = 1 + Math.ceil(Math.log2(1 + bytes / initialWindow));
        const ms = Math.min(1 + rounds * roundTripMs, longestSettleMs);
        // A timer may be due before the loop has looked at what arrived meanwhile: it looks once more.
        setTimeout(() => setImmediate(() => setImmediate(done)), ms).unref();
      }),
    finish: () =>
      step((done) => {
        socket.prependOnceListener("end", done);
        socket.end();
      }),
    destroy: (reason) => void socket.destroy(reason),
  };
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
