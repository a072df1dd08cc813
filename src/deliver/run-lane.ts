import type { Guarantee, RetryResult } from "../output/output.ts";
import type { StoredFile } from "../record/stored-file.ts";
import type { Batch } from "./batch.ts";
import type { CutSearch } from "./cut-search.ts";
import type { PoisonSearch } from "./poison-search.ts";
import { rejections, type Sent, unasked } from "./sent.ts";
import type { Settler } from "./settler.ts";
import type { UpcomingBatch } from "./upcoming-batch.ts";

/** What the run is delivered with. */
export interface RunLaneOptions {
  readonly search: PoisonSearch;
  readonly cuts: CutSearch;
  readonly upcoming: UpcomingBatch;
  readonly settler: Settler;
  /** Each batch is planned: it goes alone, and as it is. */
  readonly planned: boolean;
  /** Something was refused, and nothing shows yet that the remote takes others. */
  readonly setAside: () => void;
  /** The remote took something, which may be worth less than the output's guarantee. */
  readonly accepted: (batch: Batch, worth: Guarantee | undefined) => void;
}

/** The contiguous run of an output: what follows its position, batch after batch. */
export class RunLane {
  readonly #options: RunLaneOptions;
  /** What the remote has taken and is not on disk yet. */
  #settling: { readonly batch: Batch; readonly written: Promise<void> } | undefined;

  constructor(options: RunLaneOptions) {
    this.#options = options;
  }

  /**
   * The batch that goes while the last one is still being settled: a full one, where nothing else is to be
   * done first. So the disk is not waited for twice; a crash repeats these two at most.
   */
  async lookAhead(): Promise<Batch | undefined> {
    const { upcoming, settler, search, planned } = this.#options;
    if (planned) return undefined;
    const { stretch, suspects, retried, heartbeats } = settler.standing;
    if (this.#settling === undefined || suspects + retried + heartbeats > 0 || stretch !== undefined)
      return undefined;
    if (search.givenUp.size > 0) return undefined;
    const next = await upcoming.look(this.#settling.batch.through);
    return next?.full && next.sent.length > 0 ? next : undefined;
  }

  /** Nothing is left to be settled. Rejects as `Settler.settle` does. */
  async settled(): Promise<void> {
    const written = this.#settling?.written;
    this.#settling = undefined;
    await written;
  }

  /** The batch whose turn is next; none where no suspect would have room beside the run. */
  async look(): Promise<Batch | undefined> {
    const { upcoming, settler } = this.#options;
    const { sideFull, position, planned } = settler.standing;
    return sideFull ? undefined : upcoming.look(position, planned?.through);
  }

  /** Makes what follows `batch`. */
  async lookBehind(batch: Batch): Promise<void> {
    if (this.#options.planned) return;
    await this.#options.upcoming.look(batch.through);
  }

  /** Nothing of `batch` is sent. */
  async settleUnsent(batch: Batch, deadline: AbortSignal): Promise<void> {
    await this.#settle(batch, { rejected: new Map(), proven: false }, 0, deadline);
  }

  /** What the remote said, carried out; a failure that has to be waited for comes back. */
  async follow(
    batch: Batch,
    { result, seconds }: Sent,
    deadline: AbortSignal,
  ): Promise<RetryResult | undefined> {
    const { search, cuts, accepted, planned } = this.#options;
    await this.settled();
    if (result.status === "retry") {
      if (result.reason !== "connection_lost" || planned) return result;
      return cuts.cut(batch, result.detail) ?? result;
    }
    if (result.status === "refused") return search.refused(batch, result);
    const rejected = rejections(result);
    const something = rejected.size < batch.sent.length;
    const proven = something || unasked(result);
    const hold = something || !proven ? search.taken(batch, rejected) : undefined;
    if (something || !proven) cuts.accepted(batch);
    if (something) accepted(batch, result.worth);
    const written = this.#settle(batch, { rejected, proven }, seconds, deadline, result.files);
    if (rejected.size > 0 || batch.givenUp.length > 0) await written;
    else {
      // Whoever asks whether it is settled is told why not.
      written.catch(() => {});
      this.#settling = { batch, written };
    }
    return hold;
  }

  async #settle(
    batch: Batch,
    judgement: { readonly rejected: ReturnType<typeof rejections>; readonly proven: boolean },
    seconds: number,
    deadline: AbortSignal,
    files: readonly StoredFile[] = [],
  ): Promise<void> {
    const { settler, search, upcoming, setAside } = this.#options;
    const reach = { through: batch.through, done: [], files };
    await settler.settle(batch, { ...judgement, again: false }, reach, seconds, deadline);
    search.settled(batch);
    upcoming.arrived(batch);
    if (!judgement.proven && (judgement.rejected.size > 0 || batch.givenUp.some(({ certain }) => !certain)))
      setAside();
  }
}
