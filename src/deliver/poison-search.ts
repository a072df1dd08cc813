import type { RefusedResult, RetryResult } from "../output/output.ts";
import type { Batch, Cause } from "./batch.ts";

/**
 * So many events given up in a row, with nothing accepted between them, are a wrong setting rather than bad
 * events.
 */
const refusalsBeforeHold = 10;

/**
 * Finds the events that a remote will never take, by what it says or by sending fewer, and notices when it
 * takes none at all.
 */
export interface PoisonSearch {
  /** Events in one send at most; falls during a search and grows back. */
  limit(): number;
  /** Why events that are not settled yet will not be sent, by `seq`. */
  readonly givenUp: ReadonlyMap<number, Cause>;
  /**
   * The remote refused the batch. Gives back a hold when it refuses everything: then nothing more is given
   * up.
   */
  refused(batch: Batch, result: RefusedResult): RetryResult | undefined;
  /** The remote took what it did not reject. Gives back a hold when it rejects everything. */
  taken(batch: Batch, rejected: ReadonlyMap<number, Cause>): RetryResult | undefined;
  settled(batch: Batch): void;
  /** Why the event at `seq` will not be sent, found elsewhere. */
  giveUp(seq: number, cause: Cause): void;
  /** It will be sent after all. */
  takeBack(seq: number): void;
  /** The output is held: one event at a time is tried until something is accepted. */
  tryOne(): void;
  /** A person changed something: counts afresh. */
  startAfresh(): void;
}

/** A search for batches of at most `maxEvents`. */
export function poisonSearch(maxEvents: number): PoisonSearch {
  const givenUp = new Map<number, Cause>();
  let limit = maxEvents;
  let givenUpInARow = 0;
  let holding = false;

  function hold(detail: string): RetryResult {
    holding = true;
    limit = 1;
    return {
      status: "retry",
      hold: true,
      reason: "refuses_everything",
      detail: `${givenUpInARow} events in a row were refused, the last with: ${detail}`,
      fix: "check the output's settings; what was refused is in its dead letters, the rest is kept",
    };
  }

  const suspicious = () => holding || givenUpInARow >= refusalsBeforeHold;

  return {
    limit: () => limit,
    givenUp,

    refused(batch, { reason, detail, named }) {
      const single = batch.sent.length === 1;
      const guilty = reason === "too_large" && !single ? [] : (named ?? (single ? [0] : []));
      if (guilty.length > 0 && single && suspicious()) return hold(detail);
      for (const index of guilty) {
        const record = batch.sent[index];
        if (record === undefined) continue;
        givenUp.set(record.seq, { reason, detail });
        givenUpInARow++;
      }
      if (guilty.length === 0) limit = Math.max(1, Math.floor(batch.sent.length / 2));
      // Once several were given up, one event alone tells whether the remote accepts anything at all.
      else if (suspicious()) limit = 1;
      return undefined;
    },

    taken(batch, rejected) {
      const everyone = rejected.size >= batch.sent.length;
      if (everyone && suspicious()) return hold([...rejected.values()].at(-1)?.detail ?? "");
      givenUpInARow = everyone ? givenUpInARow + rejected.size : 0;
      if (!everyone) {
        holding = false;
        limit = Math.min(maxEvents, limit * 2);
      }
      return undefined;
    },

    settled(batch) {
      for (const { record } of batch.givenUp) givenUp.delete(record.seq);
    },

    giveUp: (seq, cause) => void givenUp.set(seq, cause),
    takeBack: (seq) => void givenUp.delete(seq),

    tryOne() {
      limit = 1;
    },

    startAfresh() {
      givenUpInARow = 0;
      holding = false;
    },
  };
}
