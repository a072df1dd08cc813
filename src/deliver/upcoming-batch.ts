import type { Spool } from "../spool/spool.ts";
import { GrowingBatch, type Shape } from "./batch.ts";
import type { PoisonSearch } from "./poison-search.ts";

/** Where records come from, what becomes of them, and how many fit. */
export interface UpcomingBatchOptions {
  readonly spool: Pick<Spool, "read">;
  readonly shape: Shape;
  /** Bytes of payloads in one batch, at most. */
  readonly maxBytes: number;
  readonly search: Pick<PoisonSearch, "limit" | "givenUp">;
}

/** Makes the batch whose turn is next, ahead of its turn. */
export class UpcomingBatch {
  readonly #options: UpcomingBatchOptions;
  #after = -1;
  #batch: GrowingBatch | undefined;

  constructor(options: UpcomingBatchOptions) {
    this.#options = options;
  }

  /**
   * The batch of what follows `position`, grown by what has come since the last look. Undefined when nothing
   * follows.
   */
  async look(position: number): Promise<GrowingBatch | undefined> {
    const { spool, shape, maxBytes, search } = this.#options;
    if (this.#batch === undefined || this.#after !== position) {
      const limit = { events: search.limit(), bytes: maxBytes };
      this.#batch = new GrowingBatch(position, shape, limit, search.givenUp);
      this.#after = position;
    }
    const batch = this.#batch;
    while (!batch.full) {
      const records = await spool.read(batch.through, batch.room);
      if (records.length === 0) break;
      batch.add(records);
    }
    return batch.empty ? undefined : batch;
  }
}
