import type { EventLoopUtilization } from "node:perf_hooks";
import { builtin } from "../builtin.ts";

/** The memory of a thread, as V8 tells of it. */
export interface Heap {
  /** Which part of the time since it was asked last the thread was busy, from 0 to 1: at first all of it. */
  busyShare(): number;
  heldBytes(): number;
  /** Frees what nobody holds. */
  collect(): void;
}

/** A thread that was not busier than that rests. */
const restShare = 0.02;
/** What V8 may hold before it is worth a collection, as a multiple of what it could not do without. */
const worth = 1.25;

/**
 * Frees what a busy time has left behind in this thread, its start too, once it rests. V8 looks for that when
 * much more is made, which a daemon at rest does not for hours; having looked, it gives room back by itself.
 */
export class Leftovers {
  readonly #letGo: () => void;
  readonly #heap: Heap;
  #neededBytes = 0;

  /** `letGo`: at rest nobody holds any more what is only held for the sake of speed. */
  constructor(letGo: () => void = () => {}, heap: Heap = ownHeap()) {
    this.#letGo = letGo;
    this.#heap = heap;
  }

  /** To be called every few seconds. */
  look(): void {
    const rests = this.#heap.busyShare() < restShare;
    if (rests) this.#letGo();
    const heldBytes = this.#heap.heldBytes();
    this.#neededBytes = Math.min(this.#neededBytes, heldBytes);
    if (!rests || heldBytes <= this.#neededBytes * worth) return;
    this.#heap.collect();
    this.#neededBytes = this.#heap.heldBytes();
  }
}

function ownHeap(): Heap {
  const { getHeapStatistics, setFlagsFromString } = builtin("node:v8");
  let last: EventLoopUtilization | undefined;
  return {
    busyShare() {
      const before = last;
      last = performance.eventLoopUtilization();
      return before === undefined ? 1 : performance.eventLoopUtilization(last, before).utilization;
    },
    heldBytes() {
      const { total_physical_size, external_memory } = getHeapStatistics();
      return total_physical_size + external_memory;
    },
    collect() {
      // V8 has it in contexts that are made after that.
      setFlagsFromString("--expose-gc");
      builtin("node:vm").runInNewContext("globalThis.gc")?.();
    },
  };
}
