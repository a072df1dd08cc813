import type { Outgoing, RetryResult } from "../output/output.ts";
import type { Batch, Cause } from "./batch.ts";

/** So many times the same events may be cut off before fewer are sent: until then it may be the weather. */
const cutsBeforeFewer = 3;
/** So many times one event alone may be cut off before it is suspected. */
const cutsOfOne = 3;
/** So many sends in a row have to be taken before more events are tried again. */
const sendsBeforeMore = 50;
/** So many events one behind the other may be suspected: more of them are everything. */
const mostSuspects = 5;
/** A trial looks at so many records behind the suspects at first, and sends no more of them. */
const trialEvents = 16;
/** Where a filter leaves all of them out it looks at more, until it looks at so many. */
const enoughRecords = 4096;

/** More than any output sends at once: no limit any more. */
const mostEvents = 100_000;

interface Suspect {
  readonly seq: number;
  readonly uid: string;
  readonly bytes: number;
}

/** What may be given up, and taken back. */
export interface GivenUp {
  giveUp(seq: number, cause: Cause): void;
  takeBack(seq: number): void;
}

/**
 * Looks for what makes a remote cut the connection again and again, so that the same events are not sent
 * without end. Fewer events go in one send, until one is left. That one is given up as `too_large` only when
 * it is larger than all that was ever taken and a smaller one is taken on the same way both before and after
 * it is cut once more. Otherwise nothing is given up and the output is held.
 */
export class CutSearch {
  readonly #givenUp: GivenUp;
  /** Where the last batch that was cut begins, how often it was in a row, and where the search ends. */
  #first = -1;
  #cuts = 0;
  #through = -1;
  #limit = Number.POSITIVE_INFINITY;
  #taken = 0;
  /** Bytes of the largest event that was taken so far. */
  #largestTaken = 0;
  /** Events that go alone and are cut off, one behind the other: the next sends go without them. */
  #suspects: Suspect[] = [];
  /** Events in a trial, those that are left out included. */
  #trialSize = 0;
  /** The first suspect when a trial was taken: it is cut once more before that is believed. */
  #confirming = -1;
  /** Events in one send, as far as others say. */
  #others = mostEvents;
  #afresh = false;
  #holding = false;

  constructor(givenUp: GivenUp) {
    this.#givenUp = givenUp;
  }

  /** Events in one batch, where `others` are as many as may go for other reasons. */
  limit(others: number): number {
    this.#others = others;
    return this.#trial ? this.#trialSize : Math.min(others, this.#limit);
  }

  /**
   * Before a batch goes. `rebuild`: it has to be made again within `limit`. A hold: it can prove nothing
   * about the suspects, which are then kept.
   */
  ready(batch: Batch): "go" | "rebuild" | RetryResult {
    if (this.#afresh) return this.#begin();
    // What was made ahead, while a trial or more than now was allowed, may hold too many.
    if (!this.#trial) return batch.sent.length > Math.min(this.#others, this.#limit) ? "rebuild" : "go";
    const [first] = batch.sent;
    if (first === undefined && batch.full && this.#trialSize < enoughRecords) {
      this.#trialSize *= 4;
      return "rebuild";
    }
    if (first === undefined)
      return this.#hold("no smaller event follows that could show whether others arrive");
    const most = this.#confirms ? Math.max(1, Math.min(trialEvents, this.#others)) : 1;
    const last = batch.sent[most - 1];
    if (last !== undefined && batch.sent.length > most) {
      this.#trialSize = recordsUpTo(batch, last.seq);
      return "rebuild";
    }
    const at = batch.outgoing.findIndex((each) => !this.#isSmaller(each));
    const larger = batch.sent[at];
    if (larger === undefined || (at === 0 && batch.sent.length === 1)) return "go";
    // Up to the first that is not smaller; when that is the first of all, it alone.
    this.#trialSize = at === 0 ? recordsUpTo(batch, first.seq) : recordsUpTo(batch, larger.seq - 1);
    return "rebuild";
  }

  /** The connection was cut while `batch` was sent. Gives back a hold when sending fewer does not help. */
  cut(batch: Batch, detail: string): RetryResult | undefined {
    if (this.#trial) return this.#cutInTrial(batch, detail);
    const first = batch.sent[0]?.seq ?? -1;
    this.#cuts = first === this.#first ? this.#cuts + 1 : 1;
    this.#first = first;
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
    if (this.#cuts < cutsOfOne && !this.#holding) return undefined;
    return this.#suspect(batch) ?? (this.#holding ? this.#held(detail) : undefined);
  }

  /**
   * The remote took `batch`. `again`: nothing may be settled yet, what it shows has to be confirmed. A hold:
   * it shows that size is not what the suspects are cut for.
   */
  accepted(batch: Batch): "settle" | "again" | RetryResult {
    for (const each of batch.outgoing) this.#largestTaken = Math.max(this.#largestTaken, bytesOf(each));
    if (this.#trial && !batch.outgoing.some((each) => this.#isSmaller(each)))
      return this.#hold("a larger one arrives");
    if (this.#trial && !this.#confirms) {
      // The way may have been repaired just now: the suspects get one more try behind what was taken.
      this.#confirming = this.#suspects[0]?.seq ?? -1;
      this.#endTrial();
      this.#cuts = cutsOfOne - 1;
      return "again";
    }
    this.#suspects = [];
    this.#holding = false;
    this.#first = -1;
    this.#cuts = 0;
    this.#grow(batch);
    return "settle";
  }

  /** A person changed something: from the next batch on, the next cut is the first. */
  startAfresh(): void {
    this.#afresh = true;
  }

  #begin(): "rebuild" {
    this.#endTrial();
    this.#largestTaken = 0;
    this.#confirming = -1;
    this.#afresh = false;
    this.#holding = false;
    this.#first = -1;
    this.#cuts = 0;
    this.#through = -1;
    this.#limit = Number.POSITIVE_INFINITY;
    return "rebuild";
  }

  get #trial(): boolean {
    return this.#suspects.length > 0;
  }

  get #confirms(): boolean {
    return this.#suspects[0]?.seq === this.#confirming;
  }

  #isSmaller(each: Outgoing): boolean {
    return this.#suspects.every(({ bytes }) => bytesOf(each) < bytes);
  }

  #cutInTrial(batch: Batch, detail: string): RetryResult | undefined {
    const [first, ...more] = batch.sent;
    if (first !== undefined && more.length > 0) {
      this.#trialSize = recordsUpTo(batch, first.seq);
      return undefined;
    }
    if (this.#suspects.length < mostSuspects) return this.#suspect(batch);
    return this.#hold(`others are cut off as well (${detail})`);
  }

  /**
   * The next send goes without this event too, to show whether others arrive. Gives back a hold where its
   * size cannot be what it is cut for.
   */
  #suspect({ sent: [record], outgoing: [outgoing] }: Batch): RetryResult | undefined {
    if (record === undefined || outgoing === undefined) return undefined;
    const bytes = bytesOf(outgoing);
    this.#suspects.push({ seq: record.seq, uid: record.uid, bytes });
    if (bytes <= this.#largestTaken)
      return this.#hold("one as large has been taken on this way before", this.#suspects.at(-1));
    this.#trialSize = this.#suspects.length + trialEvents;
    const detail = `the connection is cut whenever this event of ${bytes} bytes is sent; smaller ones before and after it arrive`;
    this.#givenUp.giveUp(record.seq, { reason: "too_large", detail });
    return undefined;
  }

  #hold(why: string, suspect = this.#suspects[0]): RetryResult {
    const hold = this.#held(why, suspect);
    this.#endTrial();
    this.#confirming = -1;
    this.#holding = true;
    return hold;
  }

  #held(why: string, suspect = this.#suspects[0]): RetryResult {
    const which = suspect === undefined ? "" : ` (${suspect.uid}, ${suspect.bytes} bytes)`;
    return {
      status: "retry",
      hold: true,
      reason: "connection_lost",
      detail: `the connection is cut also when one event alone is sent${which}; ${why}`,
      fix: "see in the receiver's log why it closes the connection: its limit on the size of a message, a balancer without a working receiver behind it, or another protocol at this port",
    };
  }

  #endTrial(): void {
    for (const { seq } of this.#suspects) this.#givenUp.takeBack(seq);
    this.#suspects = [];
    this.#cuts = 0;
    this.#limit = 1;
  }

  /**
   * Inside the search twice as many are tried at once; behind it only when that has gone well for a while.
   */
  #grow(batch: Batch): void {
    if (!Number.isFinite(this.#limit)) return;
    this.#taken++;
    if (batch.through >= this.#through && this.#taken < sendsBeforeMore) return;
    this.#taken = 0;
    this.#limit *= 2;
    if (this.#limit > mostEvents) this.#limit = Number.POSITIVE_INFINITY;
  }
}

/** How many of the records in `batch` stand at `seq` or before. */
function recordsUpTo({ sent, filtered, givenUp }: Batch, seq: number): number {
  const upTo = (records: readonly { readonly seq: number }[]) =>
    records.filter((record) => record.seq <= seq).length;
  return upTo(sent) + upTo(filtered) + upTo(givenUp.map(({ record }) => record));
}

function bytesOf({ payload }: Outgoing): number {
  return typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
}
