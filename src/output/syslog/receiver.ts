import { refusalBehind } from "../../net/refusal.ts";
import { tlsFiles } from "../../net/tls.ts";
import type { TlsFault } from "../../net/tls-fault.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { type Address, isSecured } from "./address.ts";
import { type Connection, open } from "./connection.ts";
import { NotSyslog } from "./foreign.ts";
import { RoundTrips } from "./round-trips.ts";

/** What a receiver is reached with. */
export interface ReceiverOptions {
  readonly address: Address;
  readonly tls: TlsConfig | undefined;
  readonly clock: Clock;
}

/** How long an empty connection waits, in milliseconds. */
export interface Meeting {
  /** For what the receiver says unasked, before our end. */
  readonly listenMs: number;
  /** For the receiver's end, after ours. */
  readonly closeMs: number;
}

/** What an empty connection showed. */
export interface Met {
  /** The receiver answered our end by its own. */
  readonly closes: boolean;
  /** What it said, which no syslog receiver does. */
  readonly said: Buffer;
}

/** What a stream is made with. */
export interface StreamOptions extends ReceiverOptions {
  /** `per_batch`: the receiver's end confirms a batch. `persistent`: nothing does. */
  readonly connection: "per_batch" | "persistent";
  /** How long a receiver gets to end an empty connection. */
  readonly closeTimeoutMs: number;
}

/** Where connections of a stream lead. */
export interface Receiver {
  /** A new connection, its TLS handshake done. Rejects with NotReached when `deadline` comes first. */
  connect(deadline: AbortSignal): Promise<Connection>;
  /** Does `work` on a connection. `deadline` ends both, with its reason. */
  during<T>(connection: Connection, deadline: AbortSignal, work: () => Promise<T>): Promise<T>;
  /**
   * How the receiver takes the end of an empty connection. An empty one, because there no slow reading can
   * look like a refusal to close.
   */
  meet(patience: Meeting, deadline: AbortSignal): Promise<Met>;
  /** Whether the last connection ended with `error` because the receiver refuses our client certificate. */
  refusal(error: unknown, deadline: AbortSignal): Promise<TlsFault | undefined>;
  /**
   * Resolves when a new connection, on which nothing is sent and which we do not end, has stayed open for
   * `ms`; rejects with GivesUp when it is ended before. A receiver waits for a sender; a balancer that cannot
   * reach its receiver gives up.
   */
  staysOpen(ms: number | Promise<number>, deadline: AbortSignal): Promise<void>;
  /**
   * Reads the TLS files again; true when they had changed. Throws an Error naming one that cannot be used:
   * what was read before still counts.
   */
  reload(): boolean;
  /** Ends the connections that are worked on, also one in the making; there is none after it. */
  close(): void;
}

/** The peer ended a connection by itself on which nothing was sent. */
export class GivesUp extends Error {
  override readonly name = "GivesUp";
  readonly fix =
    "see whether the receiver behind this address runs, and give the balancer a health check (HAProxy: `check`)";

  constructor(cause: unknown) {
    super(
      "a connection on which nothing was sent was ended by itself, as a balancer does that cannot reach its receiver: its end confirms nothing",
      { cause },
    );
  }
}

/** Does not connect yet. Throws an Error when a TLS file is missing. */
export function receiver({ address, tls: config, clock }: ReceiverOptions): Receiver {
  const tls = isSecured(address) ? tlsFiles(config) : undefined;
  let last: Connection | undefined;
  const closed = new AbortController();
  const trips = new RoundTrips();
  const { during, endAll } = atWork();

  async function another(deadline: AbortSignal): Promise<Connection> {
    deadline.throwIfAborted();
    const patience = { clock, deadline: AbortSignal.any([deadline, closed.signal]) };
    return open(address, tls?.options(), patience, trips);
  }

  async function connect(deadline: AbortSignal): Promise<Connection> {
    last = undefined;
    last = await another(deadline);
    return last;
  }

  async function meet({ listenMs, closeMs }: Meeting, deadline: AbortSignal): Promise<Met> {
    const connection = await connect(deadline);
    try {
      await during(connection, deadline, () => connection.settle(0));
      if (listenMs > 0) await during(connection, deadline, () => connection.stay(listenMs));
      const closes = await endsWithin(connection, during, { clock, ms: closeMs, deadline });
      return { closes, said: connection.heard() };
    } finally {
      connection.destroy();
    }
  }

  async function staysOpen(ms: number | Promise<number>, deadline: AbortSignal): Promise<void> {
    const connection = await another(deadline);
    try {
      await during(connection, deadline, async () => {
        const wanted = await ms;
        await connection.stay(Math.max(0, wanted - connection.ageMs()));
      });
    } catch (error) {
      if (deadline.aborted || closed.signal.aborted || !connection.isOver()) throw error;
      throw error instanceof NotSyslog ? error : new GivesUp(error);
    } finally {
      connection.destroy();
    }
  }

  return {
    connect,
    during,
    meet,
    async refusal(error, deadline) {
      if (tls === undefined || last === undefined) return undefined;
      const again = async (within: AbortSignal) => (await another(within)).socket;
      const { socket } = last;
      return refusalBehind(error, { socket, tls, connect: again, clock, deadline });
    },
    staysOpen,
    reload: () => tls?.reload() ?? false,
    close() {
      closed.abort(new Error("the output was closed"));
      endAll();
    },
  };
}

/** The connections that are worked on. */
function atWork(): Pick<Receiver, "during"> & { endAll(): void } {
  const current = new Set<Connection>();
  return {
    async during(connection, deadline, work) {
      const giveUp = () => connection.destroy(deadline.reason);
      deadline.addEventListener("abort", giveUp, { once: true });
      current.add(connection);
      try {
        deadline.throwIfAborted();
        return await work();
      } finally {
        current.delete(connection);
        deadline.removeEventListener("abort", giveUp);
      }
    },
    endAll() {
      for (const connection of current) connection.destroy();
    },
  };
}

/** Ends our side of a connection; whether the peer ends its own in time. */
async function endsWithin(
  connection: Connection,
  during: Receiver["during"],
  { clock, ms, deadline }: { readonly clock: Clock; readonly ms: number; readonly deadline: AbortSignal },
): Promise<boolean> {
  const patience = deadlineAfter(clock, ms, deadline);
  try {
    await during(connection, patience.signal, () => connection.finish());
    return true;
  } catch (error) {
    if (deadline.aborted || !patience.signal.aborted) throw error;
    return false;
  } finally {
    patience.clear();
  }
}
