import type { Config } from "../config/config.ts";
import { type Deliver, deliver } from "../deliver/deliver.ts";
import type { DeliverSignals } from "../deliver/deliver-options.ts";
import { shapeOf } from "../deliver/shape.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { Output, OutputContext } from "../output/output.ts";
import type { Random } from "../random.ts";
import type { Tell } from "../report/report.ts";
import type { DeliverySpool } from "../spool/spool.ts";
import type { Conditions } from "../status/conditions.ts";
import type { Clock } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import { created } from "./created.ts";
import type { Delivery } from "./delivery.ts";
import { PartFiles } from "./part-files.ts";

/** An output, and what it was made from. */
export interface WiredOutput {
  readonly configured: ConfiguredOutput;
  readonly output: Output;
}

/** Makes the outputs of the configuration, which do not connect yet. Throws ConfigError. */
export function wireOutputs(
  config: Config,
  context: OutputContext,
  wanted: (configured: ConfiguredOutput) => boolean = () => true,
): WiredOutput[] {
  return config.outputs.flatMap((configured, index) =>
    wanted(configured)
      ? [{ configured, output: created(config, `outputs[${index}]`, () => configured.create(context)) }]
      : [],
  );
}

/** Standard output is the main thread's: what another one writes there waits in memory. */
export function leavesStdout({ writesToStdout }: ConfiguredOutput): boolean {
  return !writesToStdout;
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
  readonly #config: Config;
  readonly #options: DeliverySideOptions;
  readonly #outputs: readonly WiredOutput[];
  readonly #files: readonly PartFiles[];
  readonly #loops: readonly Deliver[];

  constructor(config: Config, outputs: readonly WiredOutput[], options: DeliverySideOptions) {
    this.#config = config;
    this.#options = options;
    this.#outputs = outputs;
    this.#files = outputs.map((wired) => this.#filesOf(wired));
    this.#loops = outputs.map((wired, index) => this.#loopOf(wired, this.#files[index] as PartFiles));
  }

  async run(signals: DeliverSignals): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.run(signals)));
  }

  tryNow(): void {
    for (const loop of this.#loops) loop.tryNow();
  }

  retryNow(): void {
    for (const loop of this.#loops) loop.retryNow();
  }

  async lookAtFiles(asked: boolean): Promise<void> {
    for (const [index, files] of this.#files.entries()) if (files.look(asked)) this.#loops[index]?.tryNow();
  }

  async close(): Promise<void> {
    await Promise.all(this.#outputs.map(({ output }) => output.close()));
  }

  #filesOf({ configured, output }: WiredOutput): PartFiles {
    const { name: owner } = configured.config;
    const secrets = this.#config.secrets.filter((secret) => secret.owner === owner);
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
    const origins = this.#config.sources.map(({ origin }) => origin);
    return deliver({
      ...this.#options,
      random: random.number,
      name,
      output,
      shape: shapeOf(config, origins, (event, into) => output.encode(event, into)),
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
