import type { OwnedSecret } from "../config/config.ts";
import { deliver } from "../deliver/deliver.ts";
import type { Deliver, DeliverSignals } from "../deliver/deliver-options.ts";
import { shapeOf } from "../deliver/shape.ts";
import type { Random } from "../random.ts";
import type { Origin } from "../record/origin.ts";
import type { Tell } from "../report/report.ts";
import type { DeliverySpool } from "../spool/spool.ts";
import type { Conditions } from "../status/conditions.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import type { Delivery } from "./delivery.ts";
import { orWhenFailed, untilAllEnd } from "./ending.ts";
import { PartFiles } from "./part-files.ts";
import type { WiredOutput } from "./wire-outputs.ts";

/** Of a configuration, what outputs are delivered to by. */
export interface DeliveryPlan {
  readonly outputs: readonly WiredOutput[];
  readonly secrets: readonly OwnedSecret[];
  /** Of the configured sources. */
  readonly origins: readonly Origin[];
}

/** What the delivery side shares with everybody. */
export interface DeliverySideOptions {
  readonly spool: DeliverySpool;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  readonly conditions: Pick<Conditions, "ofOutput">;
  /** Wakes when records were kept. */
  readonly kept: Wakeup;
}

/**
 * The far side of the spool: outputs, and the loops that deliver. It is made of the configuration alone and
 * knows the state only through `spool`, so it may stand in another thread.
 */
export class DeliverySide implements Delivery {
  readonly #plan: DeliveryPlan;
  readonly #options: DeliverySideOptions;
  readonly #files: readonly PartFiles[];
  readonly #loops: readonly Deliver[];

  constructor(plan: DeliveryPlan, options: DeliverySideOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#files = plan.outputs.map((wired) => this.#filesOf(wired));
    this.#loops = plan.outputs.map((wired, index) => this.#loopOf(wired, this.#files[index] as PartFiles));
  }

  async run(signals: DeliverSignals): Promise<void> {
    await untilAllEnd(this.#options.clock, this.#loops, (failed) => orWhenFailed(signals, failed));
  }

  tryNow(): void {
    for (const loop of this.#loops) loop.tryNow();
  }

  flush(): void {
    for (const loop of this.#loops) loop.flush();
    this.#options.kept.wake();
  }

  retryNow(): void {
    for (const loop of this.#loops) loop.retryNow();
  }

  async lookAtFiles(asked: boolean): Promise<void> {
    for (const [index, files] of this.#files.entries()) if (files.look(asked)) this.#loops[index]?.tryNow();
  }

  glanceAtFiles(): void {
    void this.lookAtFiles(false);
  }

  /** Who can be asked here runs. */
  hanging(): readonly string[] {
    return [];
  }

  /** As `Deliver.rest`. */
  rest(): void {
    for (const loop of this.#loops) loop.rest();
  }

  async close(): Promise<void> {
    await Promise.all(this.#plan.outputs.map(({ output }) => output.close()));
  }

  #filesOf({ configured, output }: WiredOutput): PartFiles {
    const { name: owner } = configured.config;
    const secrets = this.#plan.secrets.filter((secret) => secret.owner === owner);
    return new PartFiles({
      owner,
      secrets,
      reload: () => output.reload?.() ?? false,
      tell: this.#options.tell,
    });
  }

  #loopOf({ configured, output }: WiredOutput, files: PartFiles): Deliver {
    const { config, sendTimeoutMs } = configured;
    const { name, batch, retry } = config;
    const { random, conditions } = this.#options;
    return deliver({
      ...this.#options,
      random: random.number,
      name,
      output,
      shape: shapeOf(config, this.#plan.origins, (event, into) => output.encode(event, into)),
      limit: { events: batch.max_events, bytes: batch.max_bytes },
      maxWaitMs: batch.max_wait,
      sendTimeoutMs,
      backoff: { minMs: retry.min_backoff, maxMs: retry.max_backoff },
      holdIntervalMs: retry.hold_interval,
      replayWindowMs: config.replay_window,
      watch: conditions.ofOutput(name),
      reload: () => files.look(),
    });
  }
}
