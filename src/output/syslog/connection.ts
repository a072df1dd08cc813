import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { dial } from "../../net/dial.ts";
import { handshake } from "../../net/handshake.ts";
import type { Patience } from "../../net/in-time.ts";
import type { TlsOptions } from "../../net/tls.ts";
import type { Clock } from "../../time/clock.ts";
import { lookedAgain } from "../../time/turn.ts";
import type { Address } from "./address.ts";
import { foreignSpeaker } from "./foreign.ts";
import { RoundTrips } from "./round-trips.ts";

/**
 * One TCP or TLS connection. Its steps follow one another; each rejects as soon as the connection is over
 * before its time.
 */
export interface Connection {
  readonly socket: Socket;
  isOver(): boolean;
  /** The first bytes the peer said, should it say anything. */
  heard(): Buffer;
  /** What ended it; with a code where it broke. */
  failure(): Error | undefined;
  /** How long connecting takes, with TLS the handshake included. */
  readonly roundTripMs: number;
  /** How long it has been there. */
  ageMs(): number;
  /** Resolves when the operating system has taken the bytes: nothing is known about the peer then. */
  write(bytes: Buffer): Promise<void>;
  /**
   * Waits until so many bytes should have arrived, `leastMs` at least; rejects when the peer turns out to be
   * gone.
   */
  settle(bytes: number, leastMs?: number): Promise<void>;
  /** Resolves when it has been open for so much longer; rejects when the peer ends it before. */
  stay(ms: number): Promise<void>;
  /** Whatever `begin` does until it calls `done`; rejects when the connection is over before. */
  step<T = void>(begin: (done: (value: T) => void) => void): Promise<T>;
  /** Ends our side; resolves when the peer, having read everything, ends its own. */
  finish(): Promise<void>;
  destroy(reason?: Error): void;
}

/** So much of what the peer says is looked at. */
const heardBytes = 64;
/** What a sender may have under way before the first acknowledgement (RFC 6928: ten segments). */
const initialWindow = 14_600;
const longestSettleMs = 1000;

/**
 * Connects, TLS handshake included. Rejects with NotReached when the deadline comes first, else with what
 * resolver, network or TLS say. `trips`: what earlier connections to this address took.
 */
export async function open(
  address: Address,
  tls: TlsOptions | undefined,
  patience: Patience,
  trips = new RoundTrips(),
): Promise<Connection> {
  const { host, port } = address;
  // Half-open: the peer's end must not end our side unnoticed.
  const { socket: plain, ...begun } = await dial({ host, port, allowHalfOpen: true, ...patience });
  const socket = tls === undefined ? plain : await handshake(plain, { host, tls, ...patience });
  // With TLS this is some round trips and the arithmetic on both sides: how long a receiver may take to turn
  // us away.
  const { active: busyMs } = performance.eventLoopUtilization(begun.loopBefore);
  const roundTripMs = trips.next({ from: begun.attemptAt, to: patience.clock.monotonic(), busyMs });
  return connectionOf(socket, { address, clock: patience.clock, roundTripMs });
}

/** `roundTripMs`: how long it took to connect. */
function connectionOf(
  socket: Socket,
  {
    address,
    clock,
    roundTripMs,
  }: { readonly address: Address; readonly clock: Clock; readonly roundTripMs: number },
): Connection {
  const over = new AbortController();
  const end = (reason: Error) => over.signal.aborted || over.abort(reason);
  const heard = listen(socket, address, end);
  endWith(socket, end);
  const madeAt = clock.monotonic();
  socket.setNoDelay(true);

  function step<T = void>(begin: (done: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (over.signal.aborted) return reject(over.signal.reason);
      const interrupt = () => reject(over.signal.reason);
      over.signal.addEventListener("abort", interrupt, { once: true });
      begin((value) => {
        over.signal.removeEventListener("abort", interrupt);
        resolve(value);
      });
    });
  }

  const stay = (ms: number) =>
    step<void>(async (done) => {
      await clock.sleep(ms, over.signal);
      await lookedAgain();
      done();
    });

  return {
    socket,
    isOver: () => over.signal.aborted,
    heard,
    failure: () => over.signal.reason,
    roundTripMs,
    ageMs: () => clock.monotonic() - madeAt,
    write: (bytes) => step((done) => socket.write(bytes, (error) => error ?? done())),
    settle: (bytes, leastMs = 0) => stay(Math.max(leastMs, settleMs(bytes, roundTripMs))),
    stay,
    step,
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
 * Everything the peer says is read, since unread bytes would turn our end into a reset, which discards what
 * is under way. Another service than a syslog receiver is recognised by its first bytes.
 */
function listen(socket: Socket, address: Address, end: (reason: Error) => void): () => Buffer {
  let heard = Buffer.alloc(0);
  socket.on("data", (piece: Buffer) => {
    if (heard.length >= heardBytes) return;
    heard = Buffer.concat([heard, piece]).subarray(0, heardBytes);
    const stranger = foreignSpeaker(heard, address);
    if (stranger !== undefined) end(stranger);
  });
  return () => heard;
}

/** Calls `end` when the connection is over; the first that is heard of it counts. */
function endWith(socket: Socket, end: (reason: Error) => void): void {
  socket.on("error", end);
  socket.on("end", () => end(new Error("the receiver ended the connection before it had everything")));
  socket.on("close", () => end(new Error("the receiver's connection was closed before it had everything")));
}
