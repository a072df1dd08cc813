import type { DeliveryReason } from "../output/output.ts";
import type { Tell } from "../report/report.ts";
import type { PlannedBatch } from "../spool/archives.ts";
import type { NoRoom, Settlement, Spool, Standing } from "../spool/spool.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { ConditionKeeper } from "../status/condition.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup, WakeupMark } from "../time/wakeup.ts";
import type { Batch, Cause } from "./batch.ts";
import { type Judgement, type Sorting, sortOut } from "./settlement.ts";

const roomCheckMs = 2_000;

/** Whose batches are written down, and who is told. */
export interface SettlerOptions {
  readonly name: string;
  readonly spool: Pick<Spool, "plan" | "settle" | "standing" | "resend" | "hold">;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  /** Wakes when there is more to do. */
  readonly kept: Wakeup;
  /** What was delivered so shortly before a disturbance is sent again, milliseconds; 0: nothing. */
  readonly replayWindowMs: number;
  /** How much later than it should a loop may turn before it counts as hanging, milliseconds. */
  readonly graceMs: number;
}

const nowhere: Standing = {
  position: 0,
  lastId: 0,
  suspects: 0,
  retried: 0,
  heartbeats: 0,
  sideFull: false,
  lettersFull: false,
};

/** Where a batch is from: what is done with once it is settled. */
export type Reach = Pick<Settlement, "through" | "done" | "stretch" | "files">;

/** Writes down what became of batches, tells it once it is on disk, and knows how far the output is. */
export class Settler {
  readonly #options: SettlerOptions;
  #standing: Standing = nowhere;
  #mark: WakeupMark;

  constructor(options: SettlerOptions) {
    this.#options = options;
    this.#mark = options.kept.mark();
  }

  /** What wakes after this is not in `standing` yet. */
  get mark(): WakeupMark {
    return this.#mark;
  }

  /** How far the output is, as far as this knows. */
  get standing(): Standing {
    return this.#standing;
  }

  /** Asks again how far it is: commands may have changed what waits beside the run. */
  async look(): Promise<void> {
    const { kept, spool, name } = this.#options;
    this.#mark = kept.mark();
    this.#standing = await spool.standing(name);
  }

  /**
   * Settles `batch`, whose send took `seconds`. Rejects with SpoolError, `full` only when `deadline` comes
   * before there is room.
   */
  async settle(
    batch: Batch,
    judgement: Judgement,
    reach: Reach,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<void> {
    const now = this.#options.clock.now();
    const sorting = sortOut(batch, judgement, now);
    this.#standing = await this.#writeDown({ ...reach, ...sorting }, deadline);
    this.#tell(batch, sorting, judgement, { now, seconds });
  }

  /**
   * A disturbance: what was delivered shortly before it may not have come further than the next hop, and goes
   * again. Rejects as `settle` does.
   */
  async doubt(deadline: AbortSignal): Promise<void> {
    const { name, spool, clock, replayWindowMs, tell } = this.#options;
    if (replayWindowMs === 0) return;
    const since = clock.now() - replayWindowMs;
    const events = await this.#withRoom(() => spool.resend(name, since), deadline);
    if (events > 0) tell({ type: "in_doubt", output: name, events });
  }

  /** What goes next is written down before it goes. Rejects as `settle` does. */
  async plan(planned: PlannedBatch, deadline: AbortSignal): Promise<void> {
    const { name, spool } = this.#options;
    await this.#withRoom(() => spool.plan(name, planned), deadline);
    this.#standing = { ...this.#standing, planned };
  }

  /** A hold is told from the spool. On a full disk it is noted with the next try. */
  async noteHold(reason: DeliveryReason): Promise<void> {
    const { name, spool, condition } = this.#options;
    if (condition.now.state === "held") await spool.hold(name, reason);
  }

  /** A hold that was none of the remote's is over. */
  async endHold(): Promise<void> {
    await this.#options.spool.hold(this.#options.name, undefined);
  }

  async #writeDown(settlement: Settlement, deadline: AbortSignal): Promise<Standing> {
    const { name, spool } = this.#options;
    const settled = await this.#withRoom(() => spool.settle(name, settlement), deadline);
    return settled.standing;
  }

  /** On a full disk waits for room: a restart would send again what the remote has. */
  async #withRoom<Answer>(
    write: () => Promise<Answer | NoRoom>,
    deadline: AbortSignal,
  ): Promise<Exclude<Answer, NoRoom>> {
    const { clock, condition } = this.#options;
    for (;;) {
      const answer = await write();
      if (!isNoRoom(answer)) return answer as Exclude<Answer, NoRoom>;
      if (deadline.aborted) throw new SpoolError("full", answer.detail, answer.fix);
      this.#blocked(answer);
      await clock.sleep(roomCheckMs, deadline);
      condition.extend(clock.monotonic() + roomCheckMs + this.#options.graceMs);
    }
  }

  #blocked({ detail, fix }: NoRoom): void {
    const { name, clock, tell, condition, graceMs } = this.#options;
    if (condition.now.state === "blocked") return;
    const known = { detail: `this cannot be written down: ${detail}`, fix };
    tell({ type: "delivery_warning", output: name, text: `${known.detail}; ${known.fix}` });
    const stallsAt = clock.monotonic() + roomCheckMs + graceMs;
    condition.become("blocked", { failures: 0, reason: "spool_full", ...known, stallsAt });
  }

  #tell(
    batch: Batch,
    { dead, suspects }: Sorting,
    { rejected, again }: Judgement,
    { now, seconds }: { now: number; seconds: number },
  ): void {
    const { name: output, tell } = this.#options;
    const events = batch.sent.length - rejected.size;
    if (again) {
      if (events > 0) tell({ type: "resent", output, events });
      return;
    }
    if (events > 0) {
      const { times } = batch;
      const ages = new Float64Array(times.length);
      for (let at = 0; at < times.length; at += 1) {
        const age = now - (times[at] as number);
        ages[at] = age > 0 ? age / 1000 : 0;
      }
      tell({ type: "delivered", output, events, bytes: batch.payloads.byteLength, seconds, ages });
    }
    if (batch.filtered.length > 0) tell({ type: "filtered", output, events: batch.filtered.length });
    for (const [source, unknown] of batch.unknownActions)
      tell({ type: "unknown_actions", output, source, events: unknown });
    for (const { record, reason, detail } of dead)
      tell({ type: "dead", output, uid: record.uid, reason: reason as Cause["reason"], detail });
    for (const { record, reason, detail } of suspects)
      tell({ type: "suspected", output, uid: record.uid, reason: reason as Cause["reason"], detail });
  }
}

function isNoRoom(answer: unknown): answer is NoRoom {
  return typeof answer === "object" && answer !== null && "status" in answer && answer.status === "no_room";
}
