import { greatestAgeMs } from "../../net/limits.ts";
import type { Clock } from "../../time/clock.ts";
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

/** Does not connect before the first batch. A connection beyond the greatest age is not used again. */
export function persistent(receiver: Receiver, clock: Clock): Persistent {
  let kept: Connection | undefined;
  let bornAt = 0;
  let stale = false;

  function alive(): Connection | undefined {
    if (kept?.isOver()) kept = undefined;
    else if (stale || clock.monotonic() - bornAt >= greatestAgeMs) end();
    return kept;
  }

  function end(): void {
    const socket = kept?.socket;
    kept = undefined;
    // What it holds is with the system then, which sends it; a receiver that does not close keeps nothing
    // open here.
    socket?.end(() => socket.destroy()).unref();
  }

  return {
    isOpen: () => alive() !== undefined,

    async send(bytes, deadline) {
      const known = alive();
      if (known === undefined) stale = false;
      const connection = known ?? (await receiver.connect(deadline));
      if (known === undefined) bornAt = clock.monotonic();
      kept = connection;
      await receiver.during(connection, deadline, async () => {
        await connection.write(bytes);
        await connection.settle(bytes.length);
      });
      return { fresh: known === undefined };
    },

    drop() {
      // A batch may be under way on it: that one is not lost over this.
      stale = true;
    },

    end,
  };
}
