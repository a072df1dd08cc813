import type { Agent } from "../../agent.ts";
import { greatestAgeMs } from "../../net/limits.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { NotSyslog } from "./foreign.ts";
import type { Receiver, ReceiverOptions } from "./receiver.ts";
import { NotRelp } from "./relp-frame.ts";
import { openRelp, type RelpSession } from "./relp-session.ts";

/** What RELP is spoken with. */
export interface RelpOptions extends ReceiverOptions {
  readonly agent: Agent;
  /** So many messages are unanswered at most. */
  readonly window: number;
}

/** The connection is there, and nobody answers on it. */
export class NoSession extends Error {
  override readonly name = "NoSession";
  readonly fix = plainFix;
}

/** One session that stays open from batch to batch. */
export interface KeptSession {
  /** The one there is, or a new one. Rejects with what `streamFault` can tell. */
  current(deadline: AbortSignal): Promise<RelpSession>;
  /** The next batch takes a new one; the one that is under way goes on. */
  renew(): void;
  /** It failed: nothing more is said over it. */
  drop(): void;
  /** In good order, as far as the receiver takes part. */
  end(): Promise<void>;
}

const openMs = 10_000;
/** How long the receiver may take to agree to the end of a session. */
const closeMs = 1_000;
const never = new AbortController().signal;

const plainFix =
  "check the port: one for plain syslog takes everything and answers nothing; load imrelp at the receiver and name its port, or write tls:// or tcp://";

/** Opens a session over a new connection; rejects with what `streamFault` can tell. */
export async function newSession(
  remote: Receiver,
  { agent, clock }: RelpOptions,
  deadline: AbortSignal,
): Promise<RelpSession> {
  const connection = await remote.connect(deadline);
  const patience = deadlineAfter(clock, openMs, deadline);
  try {
    return await remote.during(connection, patience.signal, () => openRelp(connection, agent));
  } catch (error) {
    connection.destroy();
    if (error instanceof NotRelp) throw new NotSyslog(`another service answers: ${error.message}`, plainFix);
    if (patience.signal.aborted && !deadline.aborted)
      throw new NoSession(`the receiver opened no session of RELP within ${openMs / 1000} s`);
    throw error;
  } finally {
    patience.clear();
  }
}

/** Does not connect before it is asked for. One beyond the greatest age is not used again. */
export function keptSession(remote: Receiver, options: RelpOptions): KeptSession {
  const { clock } = options;
  let kept: RelpSession | undefined;
  let bornAt = 0;
  let stale = false;

  async function end(): Promise<void> {
    const ending = kept;
    kept = undefined;
    if (ending === undefined) return;
    const patience = deadlineAfter(clock, closeMs, never);
    try {
      await remote.during(ending.connection, patience.signal, () => ending.close());
    } catch {
      // Everything was answered before: nothing depends on it.
    } finally {
      patience.clear();
      ending.connection.destroy();
    }
  }

  return {
    async current(deadline) {
      if (kept?.connection.isOver()) kept = undefined;
      if (stale || clock.monotonic() - bornAt >= greatestAgeMs) await end();
      if (kept === undefined) {
        stale = false;
        kept = await newSession(remote, options, deadline);
        bornAt = clock.monotonic();
      }
      return kept;
    },
    renew() {
      stale = true;
    },
    drop() {
      kept?.connection.destroy();
      kept = undefined;
    },
    end,
  };
}
