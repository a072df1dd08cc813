import type { Tell } from "../report/report.ts";
import { fullSpool } from "../spool/full-spool.ts";
import type { Usage } from "../spool/spool-state.ts";
import type { Store } from "../spool/store.ts";
import type { ConditionKeeper } from "../status/condition.ts";
import type { Clock } from "../time/clock.ts";

const roomCheckMs = 2_000;
const slackMs = 5_000;

type Waiting = Pick<ConditionKeeper, "now">;

/** The time in which not every source is read for want of room, as all sources of a spool share it. */
export class WithoutRoom {
  readonly #waiting = new Set<Waiting>();
  #told = false;

  /** The source of this condition begins to wait. */
  begin({ bytes, maxBytes, diskFull }: Omit<Usage, "full">, who: Waiting, tell: Tell): void {
    this.#waiting.add(who);
    if (!this.#told) tell({ type: "spool_full", bytes, maxBytes, diskFull });
    this.#told = true;
  }

  /** A read of that source ended well: that there is room again is told when no other one waits for it. */
  end(usage: Store["usage"], who: Waiting, tell: Tell): void {
    if (!this.#told) return;
    this.#waiting.delete(who);
    // What has failed of something else meanwhile does not wait for room any more.
    for (const other of this.#waiting) if (other.now.state !== "blocked") this.#waiting.delete(other);
    const { bytes, maxBytes, full } = usage();
    if (full || this.#waiting.size > 0) return;
    this.#told = false;
    tell({ type: "spool_room", bytes, maxBytes });
  }
}

/** Whose reads wait for room. */
export interface RoomWaitOptions {
  readonly store: Pick<Store, "usage" | "prune">;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  readonly graceMs: number;
  /** Absent: no other source has this spool. */
  readonly withoutRoom?: WithoutRoom;
}

/**
 * The time in which a source is read only as far as there is room. It ends with a read that ends well: one
 * append that fits says little of the next, and of a quota nothing else tells.
 */
export class RoomWait {
  readonly #options: RoomWaitOptions;
  readonly #withoutRoom: WithoutRoom;
  #full = false;

  constructor(options: RoomWaitOptions) {
    this.#options = options;
    this.#withoutRoom = options.withoutRoom ?? new WithoutRoom();
  }

  /**
   * At the limit the daemon stops reading: the source still has what it has. Deliveries and pruning make
   * room. Resolves when it is worth another look.
   */
  async wait(stop: AbortSignal): Promise<void> {
    const { store, clock, tell, condition, graceMs } = this.#options;
    const usage = store.usage();
    this.#full = true;
    this.#withoutRoom.begin(usage, condition, tell);
    condition.become("blocked", {
      reason: "spool_full",
      ...fullSpool(usage),
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

  /** A read ended well. True when that ended the time without room for this source. */
  over(): boolean {
    const { store, condition, tell } = this.#options;
    this.#withoutRoom.end(() => store.usage(), condition, tell);
    const ended = this.#full;
    this.#full = false;
    return ended;
  }
}
