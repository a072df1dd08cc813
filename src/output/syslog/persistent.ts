import type { Connection } from "./connection.ts";
import type { Receiver } from "./receiver.ts";

/** One connection that stays open from batch to batch. Nothing confirms what was sent over it. */
export interface Persistent {
  isOpen(): boolean;
  /**
   * Resolves when the bytes are on their way and the receiver has not turned us away; tells whether the
   * connection is new.
   */
  send(bytes: Buffer, deadline: AbortSignal): Promise<{ readonly fresh: boolean }>;
  /** The next batch takes a new connection. */
  drop(): void;
  /** Sends what the connection still holds, then ends it. */
  end(): void;
}

const keepAliveMs = 30_000;

/** Does not connect before the first batch. */
export function persistent(receiver: Receiver): Persistent {
  let kept: Connection | undefined;

  function alive(): Connection | undefined {
    if (kept?.isOver()) kept = undefined;
    return kept;
  }

  return {
    isOpen: () => alive() !== undefined,

    async send(bytes, deadline) {
      const known = alive();
      const connection = known ?? (await receiver.connect(deadline));
      kept = connection;
      if (known === undefined) connection.socket.setKeepAlive(true, keepAliveMs);
      await receiver.during(connection, deadline, async () => {
        await connection.write(bytes);
        await connection.settle(bytes.length);
      });
      return { fresh: known === undefined };
    },

    drop: () => kept?.destroy(),

    end() {
      kept?.socket.end().unref();
      kept = undefined;
    },
  };
}
