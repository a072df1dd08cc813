import { lookup as systemLookup } from "node:dns/promises";
import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import { inTime, type Patience } from "./in-time.ts";
import { attemptDelayMs, keepAliveMs } from "./limits.ts";

/** One of a name's addresses; `family` is 4 or 6. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a name; rejects with the resolver's error. */
export type Lookup = (host: string) => Promise<readonly HostAddress[]>;

/** Where a connection leads, and what limits its making. */
export interface DialOptions extends Patience {
  /** A name or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The peer's end does not end our side. */
  readonly allowHalfOpen?: boolean;
  /** How its bytes are read, where that is not left to the socket. */
  readonly onread?: (socket: () => Socket) => OnReadOpts;
  /** The system's, where nothing is given. */
  readonly lookup?: Lookup | undefined;
}

/**
 * A connection, and when the attempt that made it began: the monotonic millisecond, and what the thread had
 * done until then.
 */
export interface Dialed {
  readonly socket: Socket;
  readonly attemptAt: number;
  readonly loopBefore: EventLoopUtilization;
}

/**
 * A TCP connection to the first address of a name that answers. The addresses are tried one after the other,
 * by turns of their family, each beside those before it (RFC 8305): one that leads nowhere costs a quarter of
 * a second. Rejects with NotReached, the resolver's error, or what the attempts met.
 */
export async function dial(options: DialOptions): Promise<Dialed> {
  const { host, port } = options;
  const addresses = await hostAddresses(host, options, options.lookup);
  const race = new Race(addresses, options);
  const tried = () => `no connection to ${race.tried.join(", ")} at port ${port}`;
  return inTime(options, tried, race.winner()).catch((error: unknown) => {
    race.end();
    throw error;
  });
}

/** The addresses of a name, or the address itself. Rejects with NotReached or the resolver's error. */
export async function hostAddresses(
  host: string,
  patience: Patience,
  lookup: Lookup = sharedLookup,
): Promise<readonly HostAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  return byTurns(await inTime(patience, () => `no answer from the resolver for ${host}`, lookup(host)));
}

const lookups = new Map<string, Promise<readonly HostAddress[]>>();

/** A resolver that hangs holds one of few threads: no name is asked for twice at a time. */
function sharedLookup(host: string): Promise<readonly HostAddress[]> {
  const known = lookups.get(host);
  if (known !== undefined) return known;
  const looking = systemLookup(host, { all: true }).finally(() => lookups.delete(host));
  lookups.set(host, looking);
  return looking;
}

/** The families by turns, the resolver's first choice first (RFC 8305 §4). */
function byTurns(addresses: readonly HostAddress[]): readonly HostAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const others = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const rows = Math.max(first.length, others.length);
  return Array.from({ length: rows }, (_, row) => [first[row], others[row]])
    .flat()
    .filter((one) => one !== undefined);
}

/** Attempts beside each other, of which the first to connect wins. */
class Race {
  readonly #addresses: readonly HostAddress[];
  readonly #options: DialOptions;
  readonly #running = new Set<Socket>();
  readonly #errors: Error[] = [];
  readonly #over = new AbortController();
  #next = 0;

  constructor(addresses: readonly HostAddress[], options: DialOptions) {
    this.#addresses = addresses;
    this.#options = options;
  }

  get tried(): readonly string[] {
    return this.#addresses.slice(0, this.#next).map(({ address }) => address);
  }

  winner(): Promise<Dialed> {
    return new Promise((resolve, reject) => this.#attempt(resolve, reject));
  }

  end(): void {
    this.#over.abort();
    for (const socket of this.#running) socket.destroy();
    this.#running.clear();
  }

  #attempt(won: (dialed: Dialed) => void, lost: (error: Error) => void): void {
    const { port, clock, allowHalfOpen = false, onread } = this.#options;
    const target = this.#addresses[this.#next++] as HostAddress;
    const mine = this.#next;
    const attemptAt = clock.monotonic();
    const loopBefore = performance.eventLoopUtilization();
    const where = { host: target.address, port, family: target.family, allowHalfOpen };
    const socket: Socket = connect({ ...where, ...(onread && { onread: onread(() => socket) }) });
    this.#running.add(socket);
    // A peer that vanished without a word is noticed, however long an answer may take.
    socket.setKeepAlive(true, keepAliveMs);
    // For good: an error between two owners of the socket would end the process.
    socket.on("error", () => {});
    const failed = (error: Error) => {
      this.#running.delete(socket);
      this.#errors.push(error);
      if (this.#over.signal.aborted) return;
      if (this.#next < this.#addresses.length) return this.#attempt(won, lost);
      if (this.#running.size === 0) lost(this.#failure());
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      this.#running.delete(socket);
      this.end();
      won({ socket, attemptAt, loopBefore });
    });
    if (this.#next === this.#addresses.length) return;
    void clock.sleep(attemptDelayMs, this.#over.signal).then(() => {
      if (!this.#over.signal.aborted && this.#next === mine) this.#attempt(won, lost);
    });
  }

  #failure(): Error {
    if (this.#errors.length === 1) return this.#errors[0] as Error;
    return new AggregateError(this.#errors, this.#errors.map(({ message }) => message).join("; "));
  }
}
