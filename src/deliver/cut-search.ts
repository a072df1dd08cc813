import type { RetryResult } from "../output/output.ts";
import type { Batch, Cause } from "./batch.ts";

/** So many times the same events may be cut off before fewer are sent: until then it may be the weather. */
const cutsBeforeFewer = 3;
/** So many times one event alone may be cut off before it is suspected. */
const cutsOfOne = 3;
/** So many sends in a row have to be taken before more events are tried again. */
const sendsBeforeMore = 50;
/** So many events one behind the other may be suspected: more of them are everything. */
const suspectsBeforeHold = 5;

/** More than any output sends at once: no limit any more. */
const mostEvents = 100_000;

/**
 * Looks for what makes a remote cut the connection again and again, so that the same events are not sent
 * without end. Fewer events go in one send, until one is left. That one is suspected: the next sends go
 * without it, and `SideLane` finds out whether it is at fault. Where what follows is cut off too, the
 * output is held, and one further event is tried after each wait.
 */
export class CutSearch {
  readonly #suspect: (seq: number, cause: Cause) => void;
  /** Where the last batch that was cut begins, how often it was in a row, and where the search ends. */
  #first = -1;
  #cuts = 0;
  #through = -1;
  #limit = Number.POSITIVE_INFINITY;
  #taken = 0;
  /** Events that were suspected since something was taken. */
  #inARow = 0;

  /** `suspect` is told of an event that goes alone and is cut off. */
  constructor(suspect: (seq: number, cause: Cause) => void) {
    this.#suspect = suspect;
  }

  /** Events in one batch, where `others` are as many as may go for other reasons. */
  limit(others: number): number {
    return Math.min(others, this.#limit);
  }

  /** `batch` holds what the search looks at: that it is cut is no news. */
  covers(batch: Batch): boolean {
    const record = batch.sent.length === 0 ? undefined : batch.sent.at(0);
    return Number.isFinite(this.#limit) && record !== undefined && record.seq <= this.#through;
  }

  /** The connection was cut while `batch` was sent. Gives back a hold when everything is. */
  cut(batch: Batch, detail: string): RetryResult | undefined {
    if (batch.sent.length === 0) return undefined;
    const record = batch.sent.at(0);
    this.#cuts = record.seq === this.#first ? this.#cuts + 1 : 1;
    this.#first = record.seq;
    this.#taken = 0;
    const searching = Number.isFinite(this.#limit);
    if (!searching && this.#cuts < cutsBeforeFewer) return undefined;
    this.#through = Math.max(this.#through, batch.through);
    const events = batch.sent.length;
    if (events > 1) {
      this.#limit = Math.max(1, Math.floor(events / 4));
      this.#cuts = 0;
      return undefined;
    }
    // One behind a suspect need not be tried as often: it is not given up either.
    if (this.#inARow === 0 && this.#cuts < cutsOfOne) return undefined;
    this.#inARow++;
    this.#suspect(record.seq, { reason: "connection_lost", detail });
    return this.#inARow < suspectsBeforeHold ? undefined : everythingIsCut(this.#inARow, detail);
  }

  /** The remote took `batch`. */
  accepted(batch: Batch): void {
    this.#first = -1;
    this.#cuts = 0;
    this.#inARow = 0;
    if (!Number.isFinite(this.#limit)) return;
    // Inside the search twice as many are tried at once; behind it only when that has gone well for a while.
    this.#taken++;
    if (batch.through >= this.#through && this.#taken < sendsBeforeMore) return;
    this.#taken = 0;
    this.#limit *= 2;
    if (this.#limit > mostEvents) this.#limit = Number.POSITIVE_INFINITY;
  }

  /** A person changed something: the next cut is the first. */
  startAfresh(): void {
    this.#first = -1;
    this.#cuts = 0;
    this.#inARow = 0;
    this.#through = -1;
    this.#limit = Number.POSITIVE_INFINITY;
  }
}

function everythingIsCut(events: number, detail: string): RetryResult {
  return {
    status: "retry",
    hold: true,
    reason: "connection_lost",
    detail: `the connection is cut also when one event alone is sent (${events} in a row): ${detail}`,
    fix: "see in the receiver's log why it closes the connection: its limit on the size of a message, a balancer without a working receiver behind it, or another protocol at this port, such as TLS",
  };
}
