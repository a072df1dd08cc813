import { faultOutcome } from "../http-outcome.ts";
import type { Rejection, SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { TakenBefore } from "../taken-before.ts";
import type { Carrier } from "./carrier.ts";
import { receiver } from "./receiver.ts";
import { keptSession, type RelpOptions } from "./relp-open.ts";
import { probeRelp } from "./relp-probe.ts";
import { streamFault } from "./stream-fault.ts";

/** What the receiver refused is tried once more after so long: it may have been short of something. */
const restMs = 250;

/**
 * Syslog over RELP, which answers each message: only what is answered counts, and what was not is sent again.
 * Does not connect yet; throws an Error when a TLS file is missing.
 */
export function relp(options: RelpOptions): Carrier {
  const { address, clock, window } = options;
  const remote = receiver(options);
  const session = keptSession(remote, options);
  const before = new TakenBefore();

  /** Brings these messages to the receiver; gives back which it refused, with its words. */
  async function bring(
    frames: Payloads,
    indexes: readonly number[],
    { taken, deadline }: { readonly taken: (index: number) => void; readonly deadline: AbortSignal },
  ): Promise<Rejection[]> {
    const refused: Rejection[] = [];
    // The receiver has all of it since an earlier try.
    if (indexes.length === 0) return refused;
    const messages = { count: indexes.length, at: (at: number) => frames.at(indexes[at] as number) };
    const { connection, transfer } = await session.current(deadline);
    await remote.during(connection, deadline, () =>
      transfer(messages, window, (at, refusal) => {
        const index = indexes[at] as number;
        if (refusal === undefined) taken(index);
        else refused.push({ index, reason: "bad_event", detail: refusal });
      }),
    );
    return refused;
  }

  async function deliver(
    frames: Payloads,
    taken: (index: number) => void,
    deadline: AbortSignal,
  ): Promise<SendResult> {
    const first = await bring(frames, before.others(frames), { taken, deadline });
    if (first.length === 0) return { status: "delivered", rejected: [] };
    await clock.sleep(restMs, deadline);
    deadline.throwIfAborted();
    const again = first.map(({ index }) => index);
    const rejected = await bring(frames, again, { taken, deadline });
    if (rejected.length < frames.count) return { status: "delivered", rejected };
    const { detail } = rejected[0] as Rejection;
    return { status: "refused", reason: "bad_event", detail, named: rejected.map(({ index }) => index) };
  }

  return {
    async send(frames, deadline) {
      const taken: number[] = [];
      try {
        const result = await deliver(frames, (index) => taken.push(index), deadline);
        if (result.status === "delivered") before.over(frames);
        return result;
      } catch (error) {
        session.drop();
        before.remember(frames, taken);
        return faultOutcome(await streamFault(error, remote, address, deadline));
      }
    },

    probe: (deadline) => probeRelp(remote, options, deadline),

    reload() {
      const changed = remote.reload();
      if (changed) session.renew();
      return changed;
    },

    async close() {
      await session.end();
      remote.close();
    },
  };
}
