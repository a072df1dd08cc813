import type { Clock } from "../../time/clock.ts";
import { lookedAgain } from "../../time/turn.ts";
import type { Connection } from "./connection.ts";
import type { Receiver } from "./receiver.ts";

/** Below this, and two round trips, a balancer has hardly given up: HAProxy tries again after a second. */
const slowMs = 250;
/** How much longer than the first the second connection has to stay open. */
const longerBy = 1.25;
const marginMs = 500;

/** With what patience a batch is sent. */
export interface SendingOptions {
  readonly clock: Clock;
  /** How long the receiver gets at least to say or end something before we end, milliseconds. */
  readonly leastMs: number;
  readonly deadline: AbortSignal;
}

/**
 * One connection for one batch: the receiver's end says that it has read everything. A balancer that cannot
 * reach its receiver ends a connection too, when it has given up trying: by itself, whatever we do. So an end
 * that is slow to come is believed only when another connection, on which nothing is sent, stays open for
 * longer.
 */
export async function sendConfirmed(
  remote: Receiver,
  bytes: Buffer,
  { clock, leastMs, deadline }: SendingOptions,
): Promise<void> {
  const connection = await remote.connect(deadline);
  try {
    await remote.during(connection, deadline, async () => {
      await connection.write(bytes);
      await connection.settle(bytes.length, leastMs);
      await ended(connection);
    });
  } finally {
    connection.destroy();
  }

  async function ended(connection: Connection): Promise<void> {
    const end = new AbortController();
    const age = connection.finish().then(() => connection.ageMs());
    const slow = clock.sleep(slowMs + 2 * connection.roundTripMs, end.signal).then(lookedAgain);
    const quick = await Promise.race([age, slow]).finally(() => end.abort());
    if (quick !== undefined) return;
    // Where the first fails, that is told, and the second is not waited for.
    const longer = age.then(
      (ms) => ms * longerBy + marginMs,
      () => 0,
    );
    await Promise.all([age, remote.staysOpen(longer, deadline)]);
  }
}
