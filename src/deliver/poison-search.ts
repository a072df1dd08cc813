import type { RefusedResult, RetryResult } from "../output/output.ts";
import type { Batch, Cause } from "./batch.ts";
import { refusesEverything } from "./holds.ts";
import { SendSize } from "./send-size.ts";

/**
 * So many events refused in a row, with nothing accepted between them, are a wrong setting rather than bad
 * events. From then on so many are tried, one by one, between two waits.
 */
export const refusalsBeforeHold = 10;

/**
 * Finds the events that a remote will never take, by what it says or by sending fewer, and notices when it
 * takes none at all.
 */
export interface PoisonSearch {
  /** Events in one send at most; falls during a search and grows back, slowly where more were too large. */
  limit(): number;
  /** Why events that are not settled yet will not be sent, by `seq`. */
  readonly givenUp: ReadonlyMap<number, Cause>;
  /**
   * So many events wait beside the run because they were refused and nothing was accepted since: the count
   * goes on from there.
   */
  remember(suspects: number): void;
  /** The remote refused the batch. Gives back a hold, once in a while, when it refuses everything. */
  refused(batch: Batch, result: RefusedResult): RetryResult | undefined;
  /** The remote took what it did not reject. Gives back a hold when it rejects everything. */
  taken(batch: Batch, rejected: ReadonlyMap<number, Cause>): RetryResult | undefined;
  /** It took something, in the run or beside it. */
  tookSomething(): void;
  settled(batch: Batch): void;
  /** Why the event at `seq` will not be sent, found elsewhere. */
  giveUp(seq: number, cause: Cause): void;
  /** The output is held: one event at a time is tried until something is accepted. */
  tryOne(): void;
}

/** A search for batches of at most `maxEvents`. */
export function poisonSearch(maxEvents: number): PoisonSearch {
  const givenUp = new Map<number, Cause>();
  const size = new SendSize(maxEvents);
  let refusedInARow = 0;
  let holdAt = refusalsBeforeHold + 1;

  /** One event alone tells whether the remote accepts anything at all; the next is tried all the same. */
  function refuse(count: number, detail: string): RetryResult | undefined {
    refusedInARow += count;
    if (refusedInARow >= refusalsBeforeHold) size.one();
    if (refusedInARow < holdAt) return undefined;
    holdAt = refusedInARow + refusalsBeforeHold;
    return refusesEverything(refusedInARow, detail);
  }

  function accept(): void {
    refusedInARow = 0;
    holdAt = refusalsBeforeHold + 1;
  }

  return {
    limit: () => size.now,
    givenUp,

    remember(suspects) {
      refusedInARow = Math.max(refusedInARow, suspects);
      if (refusedInARow < refusalsBeforeHold) return;
      size.one();
      holdAt = refusedInARow + 1;
    },

    refused(batch, { reason, detail, named }) {
      const single = batch.sent.length === 1;
      const blamed = reason === "too_large" && !single ? [] : (named ?? (single ? [0] : []));
      const guilty = blamed.filter((index) => index < batch.sent.length).map((index) => batch.sent.at(index));
      if (guilty.length === 0) {
        size.halve(batch.sent.length, reason === "too_large");
        return undefined;
      }
      if (reason === "too_large") size.foundTooLarge();
      for (const { seq } of guilty) givenUp.set(seq, { reason, detail });
      return refuse(guilty.length, detail);
    },

    taken(batch, rejected) {
      if (rejected.size >= batch.sent.length)
        return refuse(rejected.size, [...rejected.values()].at(-1)?.detail ?? "");
      accept();
      // A remote that names it among others that it takes has found it as well.
      if ([...rejected.values()].some(({ reason }) => reason === "too_large")) size.foundTooLarge();
      size.grow();
      return undefined;
    },

    tookSomething: accept,

    settled(batch) {
      for (const { record } of batch.givenUp) givenUp.delete(record.seq);
    },

    giveUp: (seq, cause) => void givenUp.set(seq, cause),

    tryOne: () => size.one(),
  };
}
