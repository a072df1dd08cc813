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

/** Where connections of a stream lead. One is worked on at a time. */
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

  async function meet({ listenMs, closeMs }: Meeting, deadline: AbortSignal): Promise<Met> {
    const connection = await connect(deadline);
    try {
      await during(connection, deadline, () => connection.settle(0));
      if (listenMs > 0) await during(connection, deadline, () => connection.listen(listenMs));
      const closes = await endsWithin(closeMs, connection, deadline);
      return { closes, said: connection.heard() };
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
    meet,
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
