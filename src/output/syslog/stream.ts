import { faultOutcome } from "../http-outcome.ts";
import type { SendResult } from "../output.ts";
import type { Carrier } from "./carrier.ts";
import { sendConfirmed } from "./confirmed.ts";
import { persistent } from "./persistent.ts";
import { probeStream, unconfirmed } from "./probe.ts";
import { receiver, type StreamOptions } from "./receiver.ts";
import { streamFault } from "./stream-fault.ts";

/**
 * A server of another protocol may end a connection that we ended, having understood nothing, and may be slow
 * to say so: before the first batch was confirmed it gets this long, milliseconds.
 */
const strangerMs = 200;

/** Syslog over TCP and TLS. Does not connect yet; throws an Error when a TLS file is missing. */
export function stream(options: StreamOptions): Carrier {
  const remote = receiver(options);
  const lasting = persistent(remote, {
    clock: options.clock,
    endIsLoss: options.connection === "per_batch",
  });
  /** Whether this receiver answers our end by its own. Absent: not known yet. */
  let closes: boolean | undefined;
  let confirmed = false;

  async function deliver(bytes: Buffer, deadline: AbortSignal): Promise<SendResult> {
    if (options.connection === "persistent") {
      await lasting.send(bytes, deadline);
      return { status: "delivered", rejected: [] };
    }
    // A lost connection may lead to another receiver next time.
    if (closes === false && !lasting.isOpen()) closes = undefined;
    closes ??= (await remote.meet({ listenMs: 0, closeMs: options.closeTimeoutMs }, deadline)).closes;
    if (closes) {
      const leastMs = confirmed ? 0 : strangerMs;
      await sendConfirmed(remote, bytes, { clock: options.clock, leastMs, deadline });
      confirmed = true;
      return { status: "delivered", rejected: [] };
    }
    const { fresh } = await lasting.send(bytes, deadline);
    return { status: "delivered", rejected: [], worth: "sent", ...(fresh && { warning: unconfirmed }) };
  }

  return {
    async send(batch, deadline) {
      try {
        return await deliver(batch.whole(), deadline);
      } catch (error) {
        return faultOutcome(await streamFault(error, remote, options.address, deadline));
      }
    },

    probe: (deadline) => probeStream(remote, options, deadline),

    reload() {
      const changed = remote.reload();
      if (changed) lasting.drop();
      return changed;
    },

    async close() {
      remote.close();
      lasting.end();
    },
  };
}
