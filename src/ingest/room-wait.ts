import type { Tell } from "../report/report.ts";
import { fullSpool } from "../spool/full-spool.ts";
import type { Store } from "../spool/store.ts";
import type { ConditionKeeper } from "../status/condition.ts";
import type { Clock } from "../time/clock.ts";

const roomCheckMs = 2_000;
const slackMs = 5_000;

/** Whose reads wait for room. */
export interface RoomWaitOptions {
  readonly store: Pick<Store, "usage" | "prune">;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  readonly graceMs: number;
}

/**
 * The time in which a source is read only as far as there is room. It ends with a read that ends well: one
 * append that fits says little of the next, and of a quota nothing else tells.
 */
export class RoomWait {
  readonly #options: RoomWaitOptions;
  #full = false;

  constructor(options: RoomWaitOptions) {
    this.#options = options;
  }

  /**
   * At the limit the daemon stops reading: the source still has what it has. Deliveries and pruning make
   * room. Resolves when it is worth another look.
   */
  async wait(stop: AbortSignal): Promise<void> {
    const { store, clock, tell, condition, graceMs } = this.#options;
    const { bytes, maxBytes, diskFull } = store.usage();
    if (!this.#full) tell({ type: "spool_full", bytes, maxBytes, diskFull });
    this.#full = true;
    condition.become("blocked", {
      reason: "spool_full",
      ...fullSpool({ bytes, maxBytes, diskFull }),
      stallsAt: clock.monotonic() + graceMs + slackMs,
    });
    // What every output has settled by now makes room, without waiting for the next maintenance.
    if (store.prune(clock.now()) === 0) await clock.sleep(roomCheckMs, stop);
  }

  /** Whether the read that begins is one that looks for room. Its deadline is its own: it is no hang. */
  tries(): boolean {
    const { condition } = this.#options;
    if (condition.now.state !== "blocked") return false;
    condition.extend(Number.POSITIVE_INFINITY);
    return true;
  }

  /** A read ended well. True when that ended the time without room. */
  over(): boolean {
    if (!this.#full) return false;
    this.#full = false;
    const { store, tell } = this.#options;
    const { bytes, maxBytes } = store.usage();
    tell({ type: "spool_room", bytes, maxBytes });
    return true;
  }
}
