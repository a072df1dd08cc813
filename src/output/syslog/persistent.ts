import { greatestAgeMs } from "../../net/limits.ts";
import type { Clock } from "../../time/clock.ts";
import type { Connection } from "./connection.ts";
import { NotSyslog } from "./foreign.ts";
import type { Receiver } from "./receiver.ts";

/** One connection that stays open from batch to batch. Nothing confirms what was sent over it. */
export interface Persistent {
  /** Throws once when the connection was lost since: what was sent last may not have arrived. */
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

/** Under the code of the socket's error. */
function lost(failure: Error): Error {
  const text = `${failure.message}: what was sent last over this connection may not have arrived`;
  if (failure instanceof NotSyslog) return new NotSyslog(text, failure.fix);
  return Object.assign(new Error(text, { cause: failure }), "code" in failure ? { code: failure.code } : {});
}

/**
 * Does not connect before the first batch. A connection beyond the greatest age is not used again. One that
 * broke, or on which another service spoke, is told; with `endIsLoss` also one that was ended in good order,
 * as a receiver does with an idle one, and a balancer when it cannot reach its receiver.
 */
export function persistent(
  receiver: Receiver,
  { clock, endIsLoss }: { readonly clock: Clock; readonly endIsLoss: boolean },
): Persistent {
  let kept: Connection | undefined;
  let bornAt = 0;
  let stale = false;

  function alive(): Connection | undefined {
    if (kept?.isOver()) {
      const failure = kept.failure();
      kept.destroy();
      kept = undefined;
      if (failure !== undefined && (endIsLoss || failure instanceof NotSyslog || "code" in failure))
        throw lost(failure);
    } else if (stale || clock.monotonic() - bornAt >= greatestAgeMs) end();
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
      try {
        await receiver.during(connection, deadline, async () => {
          await connection.write(bytes);
          await connection.settle(bytes.length);
        });
      } catch (error) {
        // This send has failed: the next one is not told of it once more.
        kept = undefined;
        connection.destroy();
        throw error;
      }
      return { fresh: known === undefined };
    },

    drop() {
      // A batch may be under way on it: that one is not lost over this.
      stale = true;
    },

    end,
  };
}
