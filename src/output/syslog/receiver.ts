import { refusalBehind } from "../../net/refusal.ts";
import { tlsFiles } from "../../net/tls.ts";
import type { TlsFault } from "../../net/tls-fault.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import type { Address } from "./address.ts";
import { type Connection, open } from "./connection.ts";

/** What a receiver is reached with. */
export interface ReceiverOptions {
  readonly address: Address;
  readonly tls: TlsConfig | undefined;
  readonly clock: Clock;
}

/** Where connections of a stream lead. One is worked on at a time. */
export interface Receiver {
  /** A new connection, its TLS handshake done. Rejects with NotReached when `deadline` comes first. */
  connect(deadline: AbortSignal): Promise<Connection>;
  /** Does `work` on a connection. `deadline` ends both, with its reason. */
  during<T>(connection: Connection, deadline: AbortSignal, work: () => Promise<T>): Promise<T>;
  /**
   * Whether the receiver answers the end of an empty connection by its own within `ms`. An empty one, because
   * there no slow reading can look like a refusal to close.
   */
  closesItsSide(ms: number, deadline: AbortSignal): Promise<boolean>;
  /** Whether the last connection ended with `error` because the receiver refuses our client certificate. */
  refusal(error: unknown, deadline: AbortSignal): Promise<TlsFault | undefined>;
  /**
   * Reads the TLS files again; true when they had changed. Throws an Error naming one that cannot be used:
   * what was read before still counts.
   */
  reload(): boolean;
  /** Ends the connection that is worked on, also one in the making; there is none after it. */
  close(): void;
}

/** Does not connect yet. Throws an Error when a TLS file is missing. */
export function receiver({ address, tls: config, clock }: ReceiverOptions): Receiver {
  const tls = address.transport === "tls" ? tlsFiles(config) : undefined;
  let last: Connection | undefined;
  let current: Connection | undefined;
  const closed = new AbortController();

  async function during<T>(
    connection: Connection,
    deadline: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    const giveUp = () => connection.destroy(deadline.reason);
    deadline.addEventListener("abort", giveUp, { once: true });
    current = connection;
    try {
      deadline.throwIfAborted();
      return await work();
    } finally {
      current = undefined;
      deadline.removeEventListener("abort", giveUp);
    }
  }

  async function connect(deadline: AbortSignal): Promise<Connection> {
    deadline.throwIfAborted();
    last = undefined;
    const patience = { clock, deadline: AbortSignal.any([deadline, closed.signal]) };
    last = await open(address, tls?.options(), patience);
    return last;
  }

  async function closesItsSide(ms: number, deadline: AbortSignal): Promise<boolean> {
    const connection = await connect(deadline);
    try {
      await during(connection, deadline, () => connection.settle(0));
      return await endsWithin(ms, connection, deadline);
    } finally {
      connection.destroy();
    }
  }

  async function endsWithin(ms: number, connection: Connection, deadline: AbortSignal): Promise<boolean> {
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

  return {
    connect,
    during,
    closesItsSide,
    async refusal(error, deadline) {
      if (tls === undefined || last === undefined) return undefined;
      const again = async (within: AbortSignal) => (await connect(within)).socket;
      const { socket } = last;
      return refusalBehind(error, { socket, tls: tls.options(), connect: again, clock, deadline });
    },
    reload: () => tls?.reload() ?? false,
    close() {
      closed.abort(new Error("the output was closed"));
      current?.destroy();
    },
  };
}
