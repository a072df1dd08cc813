import type { Payloads } from "../output/payloads.ts";
import type { DeliverySpool } from "../spool/spool.ts";
import { type Batch, GrowingBatch, type Shape, usualBytes } from "./batch.ts";
import type { PoisonSearch } from "./poison-search.ts";

/** Where records come from, what becomes of them, and how many fit. */
export interface UpcomingBatchOptions {
  readonly spool: Pick<DeliverySpool, "read">;
  readonly shape: Shape;
  /** Bytes of payloads in one batch, at most. */
  readonly maxBytes: number;
  readonly search: Pick<PoisonSearch, "limit" | "givenUp">;
}

/** One batch may be on its way, and one being settled, while a third is made. */
const mostSpare = 2;

/** Makes the batch whose turn is next, ahead of its turn. */
export class UpcomingBatch {
  readonly #options: UpcomingBatchOptions;
  #after = -1;
  #batch: GrowingBatch | undefined;
  /** Memory of batches that have arrived. */
  #spare: Payloads[] = [];
  /** What comes next has been asked for. */
  #growing = false;

  constructor(options: UpcomingBatchOptions) {
    this.#options = options;
  }

  /**
   * The batch of what follows `position`, grown by what has come since the last look. Undefined when nothing
   * follows. `through`: it was planned to end there, whatever the limits are now.
   */
  async look(position: number, through?: number): Promise<GrowingBatch | undefined> {
    if (this.#batch === undefined || this.#after !== position) this.#begin(position);
    const batch = this.#batch as GrowingBatch;
    if (through !== undefined) batch.endAt(through);
    await this.#grow(batch);
    if (through === undefined) return batch.empty ? undefined : batch;
    batch.full = true;
    if (!batch.empty) return batch;
    // All that was planned is damaged since.
    this.#begin(position);
    return this.look(position);
  }

  #begin(position: number): void {
    const { shape, maxBytes, search } = this.#options;
    const limit = { events: search.limit(), bytes: maxBytes };
    this.#batch = new GrowingBatch(position, shape, limit, search.givenUp, this.#spare.pop());
    this.#after = position;
  }

  async #grow(batch: GrowingBatch): Promise<void> {
    const { spool } = this.#options;
    this.#growing = true;
    try {
      while (!batch.full) {
        const records = await spool.read(batch.through, batch.room);
        if (records.length === 0) return;
        batch.add(records);
      }
    } finally {
      this.#growing = false;
    }
  }

  /** Nobody knows when more comes: what was kept for it goes, but for what is made already. */
  rest(): void {
    this.#spare = [];
    // Whoever looks would get one that the next look does not know.
    if (this.#growing) return;
    if (this.#batch?.empty && this.#batch.payloads.capacity > usualBytes) this.#batch = undefined;
  }

  /**
   * `batch` is settled, and nothing of it is on its way: while there is a backlog another takes its memory.
   * New memory for each would keep the collector busier than all that is in it.
   */
  arrived(batch: Batch): void {
    batch.done();
    const { payloads, full } = batch;
    if (!full && payloads.capacity > usualBytes) return;
    payloads.clear();
    if (this.#spare.length < mostSpare) this.#spare.push(payloads);
  }
}
