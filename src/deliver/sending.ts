import type { Output, RetryResult, SendResult } from "../output/output.ts";
import type { DeliverySpool } from "../spool/spool.ts";
import type { Clock } from "../time/clock.ts";
import { deadlineAfter } from "../time/deadline.ts";
import type { Batch } from "./batch.ts";
import type { Sent } from "./sent.ts";
import type { Settler } from "./settler.ts";

/** Whose batches are sent. */
export interface OneSendOptions {
  readonly name: string;
  readonly output: Pick<Output, "plan" | "send">;
  readonly spool: Pick<DeliverySpool, "stored">;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly sendTimeoutMs: number;
}

/**
 * One send. What an output stores is planned before, and the plan is on disk, so that a batch of the run is
 * never cut in another way than the one whose files may be there. What goes beside the run is not written
 * down: the output looks whether it is stored.
 */
export class Sending {
  readonly #options: OneSendOptions;

  constructor(options: OneSendOptions) {
    this.#options = options;
  }

  /** Whether batches are planned: they go one after the other, and none is made smaller. */
  get isPlanned(): boolean {
    return this.#options.output.plan !== undefined;
  }

  /** One attempt; `deadline` ends it before its time. Rejects as `Settler.settle` does. */
  async send(batch: Batch, ofRun: boolean, deadline: AbortSignal): Promise<Sent> {
    const { clock, sendTimeoutMs } = this.#options;
    const began = clock.monotonic();
    const sendDeadline = deadlineAfter(clock, sendTimeoutMs, deadline);
    try {
      const result = await this.#sendAsPlanned(batch, ofRun, sendDeadline.signal, deadline);
      return { result, seconds: (clock.monotonic() - began) / 1000 };
    } finally {
      sendDeadline.clear();
    }
  }

  async #sendAsPlanned(
    batch: Batch,
    ofRun: boolean,
    sendDeadline: AbortSignal,
    deadline: AbortSignal,
  ): Promise<SendResult> {
    const failure = this.isPlanned ? await this.#plan(batch, ofRun, sendDeadline, deadline) : undefined;
    return failure ?? this.#options.output.send(batch.payloads, sendDeadline);
  }

  async #plan(
    batch: Batch,
    ofRun: boolean,
    sendDeadline: AbortSignal,
    deadline: AbortSignal,
  ): Promise<RetryResult | undefined> {
    const { name, output, spool, settler } = this.#options;
    const { planned } = settler.standing;
    const { through } = batch;
    const before = ofRun && planned?.through === through ? planned.plan : undefined;
    const stored = (day: number) => spool.stored(name, day);
    const context = { ofRun, stored, ...(before !== undefined && { before }) };
    const result = await output.plan?.(batch.payloads, context, sendDeadline);
    if (result === undefined || result.status === "retry") return result;
    if (ofRun && result.plan !== before) await settler.plan({ through, plan: result.plan }, deadline);
    return undefined;
  }
}
