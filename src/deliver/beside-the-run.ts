import type { Guarantee, RefusedResult, RetryResult, SendResult } from "../output/output.ts";
import type { StoredFile } from "../record/stored-file.ts";
import type { Batch, Cause } from "./batch.ts";
import { refusesEverything } from "./holds.ts";
import { RecordList } from "./record-list.ts";
import type { Replaying } from "./replaying.ts";
import { rejections, type Sent, unasked } from "./sent.ts";
import type { Judgement } from "./settlement.ts";
import type { Settler } from "./settler.ts";
import type { SideBatch, SideLane } from "./side-lane.ts";

/** What goes beside the run is settled with these. */
export interface BesideTheRunOptions {
  readonly side: SideLane;
  readonly settler: Settler;
  /** The remote took something, which may be worth less than the output's guarantee. */
  readonly accepted: (batch: Batch, worth: Guarantee | undefined) => void;
  readonly warn: (text: string) => void;
  readonly replaying: Replaying;
}

/** What the remote's answers mean for what goes beside the contiguous run of an output. */
export class BesideTheRun {
  readonly #options: BesideTheRunOptions;

  constructor(options: BesideTheRunOptions) {
    this.#options = options;
  }

  /**
   * How long what waits here still rests, milliseconds; 0: it does not. Asked before it is looked at, so that
   * a rest which ends in between is waited for, and not taken for nothing to do.
   */
  get restsMs(): readonly number[] {
    const { side, settler, replaying } = this.#options;
    return [settler.standing.suspects > 0 ? side.restMs : 0, replaying.restMs];
  }

  /** Nothing of it is sent. */
  async settleUnsent(beside: SideBatch, deadline: AbortSignal): Promise<void> {
    const { proven } = beside;
    const judgement = { rejected: new Map(), proven, again: wasDelivered(beside) };
    await this.#settle(beside, beside.batch, judgement, 0, deadline);
  }

  /** What the remote said, carried out; a failure that has to be waited for comes back. */
  async follow(beside: SideBatch, sent: Sent, deadline: AbortSignal): Promise<RetryResult | undefined> {
    const { side } = this.#options;
    const { result } = sent;
    if (result.status !== "retry") side.answered();
    switch (result.status) {
      case "retry":
        if (result.reason !== "connection_lost") return result;
        if (side.cut(beside)) await this.#cutOff(beside, result, deadline);
        return named(beside, result);
      case "refused":
        return this.#refused(beside, result, deadline);
      case "delivered":
        return this.#taken(beside, result, sent.seconds, deadline);
    }
  }

  async #refused(
    beside: SideBatch,
    result: RefusedResult,
    deadline: AbortSignal,
  ): Promise<RetryResult | undefined> {
    if (beside.kind === "suspect" && !beside.proven) return this.#stillSuspected(beside, result.detail);
    const guilty = guiltyIn(beside.batch, result);
    await this.#notTaken(beside, guilty, result, deadline);
    return undefined;
  }

  async #taken(
    beside: SideBatch,
    result: Extract<SendResult, { status: "delivered" }>,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<RetryResult | undefined> {
    const { side, accepted } = this.#options;
    const { batch, kind } = beside;
    const rejected = rejections(result);
    const something = rejected.size < batch.sent.length;
    const proven = something || beside.proven || unasked(result);
    if (kind === "suspect" && !proven)
      return this.#stillSuspected(beside, [...rejected.values()].at(-1)?.detail ?? "");
    if (something) {
      accepted(batch, result.worth);
      side.sendMore();
    }
    const judgement = { rejected, proven, again: wasDelivered(beside) };
    await this.#settle(beside, batch, judgement, seconds, deadline, result.files);
    return undefined;
  }

  /** Nothing was accepted since: it stays, and the next time another is tried. */
  #stillSuspected(beside: SideBatch, detail: string): RetryResult {
    const { side, settler } = this.#options;
    side.passOver(beside);
    return refusesEverything(settler.standing.suspects, detail);
  }

  /** Often enough: of a batch, each goes alone from now on; a suspect lets others go first. */
  async #cutOff(beside: SideBatch, { detail }: RetryResult, deadline: AbortSignal): Promise<void> {
    if (beside.kind === "suspect") return this.#options.side.passOver(beside);
    const all = indexesOf(beside.batch);
    await this.#notTaken(beside, all, { reason: "connection_lost", detail }, deadline);
  }

  /**
   * The events at `guilty` were not taken: a suspect is given up, a dead letter that was sent again is
   * suspected, and of what was delivered before, fewer go at once.
   */
  async #notTaken(
    beside: SideBatch,
    guilty: readonly number[],
    { reason, detail }: Cause,
    deadline: AbortSignal,
  ): Promise<void> {
    const { side, warn } = this.#options;
    const { batch, proven } = beside;
    const again = wasDelivered(beside);
    if (again && batch.sent.length > 1) return side.sendFewer(batch.sent.length);
    if (again) warn(`an event that was delivered before is not taken once more: ${detail} (${reason})`);
    const rejected = new Map(guilty.map((_, index) => [index, { reason, detail }]));
    await this.#settle(beside, partOf(batch, guilty), { rejected, proven, again }, 0, deadline);
  }

  async #settle(
    beside: SideBatch,
    batch: Batch,
    judgement: Judgement,
    seconds: number,
    deadline: AbortSignal,
    files: readonly StoredFile[] = [],
  ): Promise<void> {
    const { settler, replaying } = this.#options;
    const { ids, kind } = beside;
    const { stretch, position } = settler.standing;
    const done = recordsOf(batch).flatMap(({ seq }) => ids.get(seq) ?? []);
    const advance = kind === "stretch" && stretch !== undefined;
    const replay = replaying.step(beside, batch, judgement.rejected.size);
    const reach = {
      through: position,
      done,
      files,
      ...(advance ? { stretch: { id: stretch.id, nextSeq: batch.through + 1 } } : {}),
      ...(replay === undefined ? {} : { replay }),
    };
    await settler.settle(batch, judgement, reach, seconds, deadline);
    if (replay !== undefined) await replaying.settled(replay);
  }
}

/** What is refused now was delivered once: it is counted, and does not die. */
function wasDelivered({ kind }: SideBatch): boolean {
  return kind === "stretch" || kind === "replay";
}

/** An event that went alone is named with its size: that is what a person can look for. */
function named({ suspect, batch }: SideBatch, result: RetryResult): RetryResult {
  if (suspect === undefined || batch.payloads.count === 0) return result;
  const { uid } = suspect.record;
  return {
    ...result,
    detail: `${result.detail}, when event ${uid} of ${batch.payloads.size(0)} bytes was sent alone`,
    fix: "see in the receiver's log why it closes the connection: most likely its limit on the size of a message",
  };
}

/** Indexes of the events that a remote will not take: all of them where nobody knows which. */
function guiltyIn(batch: Batch, { reason, named }: RefusedResult): number[] {
  const all = indexesOf(batch);
  const known = reason === "too_large" || named === undefined ? [] : all.filter((at) => named.includes(at));
  return known.length > 0 ? known : all;
}

function indexesOf({ sent }: Batch): number[] {
  return Array.from({ length: sent.length }, (_, index) => index);
}

function recordsOf({ sent, filtered, givenUp }: Batch) {
  return [...sent, ...filtered, ...givenUp.map(({ record }) => record)];
}

/** The events of `batch` at `indexes`, and nothing else of it. */
function partOf(batch: Batch, indexes: readonly number[]): Batch {
  const there = indexes.filter((index) => index < batch.sent.length);
  const sent = RecordList.of(there.map((index) => batch.sent.at(index)));
  const payloads = batch.payloads.only(there);
  return { ...batch, sent, payloads, filtered: RecordList.of([]), givenUp: [] };
}
