import type { Payloads } from "./payloads.ts";

/**
 * What the remote has answered of batches that then failed: they come again, and these events need not.
 * Of an event its bytes are known, which hold its uid; those that look the same are counted.
 */
export class TakenBefore {
  #counts = new Map<string, number>();

  /** The events of a batch that have to be sent. */
  others(batch: Payloads): number[] {
    const left = new Map(this.#counts);
    const indexes: number[] = [];
    for (let index = 0; index < batch.count; index += 1) {
      if (left.size > 0 && takeOne(left, keyOf(batch, index))) continue;
      indexes.push(index);
    }
    return indexes;
  }

  /** The batch failed after these events of it were answered. */
  remember(batch: Payloads, indexes: readonly number[]): void {
    for (const index of indexes) {
      const key = keyOf(batch, index);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** The batch is delivered, and does not come again. */
  over(batch: Payloads): void {
    if (this.#counts.size === 0) return;
    let some = false;
    for (let index = 0; index < batch.count; index += 1)
      if (takeOne(this.#counts, keyOf(batch, index))) some = true;
    // Another batch has passed: what failed is not tried any more.
    if (!some) this.#counts.clear();
  }
}

/** False: there is none. */
function takeOne(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key);
  if (count === undefined) return false;
  if (count === 1) counts.delete(key);
  else counts.set(key, count - 1);
  return true;
}

function keyOf(batch: Payloads, index: number): string {
  return batch.at(index).toString("latin1");
}
