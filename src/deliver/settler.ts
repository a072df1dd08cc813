import type { Tell } from "../report/report.ts";
import type { Settled, Spool } from "../spool/spool.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { ConditionKeeper } from "../status/condition.ts";
import type { Clock } from "../time/clock.ts";
import type { Batch, Cause } from "./batch.ts";
import { type Settlement, settlementOf } from "./settlement.ts";

const roomCheckMs = 2_000;

/** Whose batches are written down, and who is told. */
export interface SettlerOptions {
  readonly name: string;
  readonly spool: Pick<Spool, "settle">;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly condition: ConditionKeeper;
  /** How much later than it should a loop may turn before it counts as hanging, milliseconds. */
  readonly graceMs: number;
}

/** Writes down what became of batches, and tells it once it is on disk. */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /**
   * Moves the position over `batch`; `rejected` are indexes into `sent`, `seconds` is what the send took.
   * Rejects with SpoolError, `full` only when `deadline` comes before there is room.
   */
  async settle(
    batch: Batch,
    rejected: ReadonlyMap<number, Cause>,
    seconds: number,
    deadline: AbortSignal,
  ): Promise<void> {
    const now = this.#options.clock.now();
    const settlement = settlementOf(batch, rejected, now);
    await this.#writeDown(batch.through, settlement, deadline);
    this.#tell(batch, settlement, batch.sent.length - rejected.size, { now, seconds });
  }

  /** On a full disk waits for room: a restart would send again what the remote has. */
  async #writeDown(through: number, { counts, dead }: Settlement, deadline: AbortSignal): Promise<void> {
    const { name, spool, clock, condition } = this.#options;
    for (;;) {
      const settled = await spool.settle(name, through, counts, dead);
      if (settled.status === "settled") return;
      if (deadline.aborted) throw new SpoolError("full", settled.detail, settled.fix);
      this.#blocked(settled);
      await clock.sleep(roomCheckMs, deadline);
      condition.extend(clock.monotonic() + roomCheckMs + this.#options.graceMs);
    }
  }

  #blocked({ detail, fix }: Extract<Settled, { status: "no_room" }>): void {
    const { name, clock, tell, condition, graceMs } = this.#options;
    if (condition.now.state === "blocked") return;
    const known = { detail: `this cannot be written down: ${detail}`, fix };
    tell({ type: "delivery_warning", output: name, text: `${known.detail}; ${known.fix}` });
    const stallsAt = clock.monotonic() + roomCheckMs + graceMs;
    condition.become("blocked", { failures: 0, reason: "spool_full", ...known, stallsAt });
  }

  #tell(
    batch: Batch,
    { dead }: Settlement,
    delivered: number,
    { now, seconds }: { now: number; seconds: number },
  ): void {
    const { name: output, tell } = this.#options;
    if (delivered > 0) {
      const ages = batch.times.map((time) => Math.max(0, now - time) / 1000);
      tell({ type: "delivered", output, events: delivered, bytes: bytesOf(batch), seconds, ages });
    }
    if (batch.filtered.length > 0) tell({ type: "filtered", output, events: batch.filtered.length });
    for (const [source, events] of batch.unknownActions)
      tell({ type: "unknown_actions", output, source, events });
    for (const { record, reason, detail } of dead)
      tell({ type: "dead", output, uid: record.uid, reason: reason as Cause["reason"], detail });
  }
}

function bytesOf({ outgoing }: Batch): number {
  let bytes = 0;
  for (const { payload } of outgoing)
    bytes += typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
  return bytes;
}
