import type { Config } from "../config/config.ts";
import type { OutputContext } from "../output/output.ts";
import type { StartThread } from "../thread/start-thread.ts";
import { type Delivery, together } from "./delivery.ts";
import type { DeliverySideOptions } from "./delivery-side.ts";
import { build, type DeliveryStart } from "./remote/orders.ts";
import { RemoteDelivery } from "./remote/remote-delivery.ts";
import { afterDeadlineMs } from "./stopping.ts";
import { leavesStdout, wireOutputs } from "./wire-outputs.ts";

/** Where a delivery is started, and what its thread takes along. */
export interface StartDeliveryOptions extends OutputContext {
  /** Absent: everything is done in this thread. */
  readonly startThread?: StartThread | undefined;
}

/** A delivery that waits for its spool: meanwhile its thread starts. */
export interface StartingDelivery {
  /** Resolves when its thread has loaded all that it begins with. Rejects with what that died of before. */
  readonly loaded: Promise<void>;
  begin(options: DeliverySideOptions): Delivery;
  /** What its thread has asked or told by now is taken: for who keeps the event loop busy. */
  takeArrived(): void;
  /** There will be no spool. */
  abandon(): void;
}

/**
 * Makes the outputs, which do not connect yet, and begins to start a thread for those that do not write to
 * standard output. They are made a second time there: here it shows, before anything is begun, whether they
 * can be made. Rejects with ConfigError.
 */
export async function startDelivery(
  config: Config,
  options: StartDeliveryOptions,
): Promise<StartingDelivery> {
  const { startThread } = options;
  const outputs = wireOutputs(config, options);
  const moving =
    startThread === undefined ? [] : outputs.filter(({ configured }) => leavesStdout(configured));
  const staying = outputs.filter((wired) => !moving.includes(wired));
  const side = staying.length === 0 ? undefined : (await import("./delivery-side.ts")).DeliverySide;
  const thread = moving.length === 0 ? undefined : startThread?.("delivery", startOf(config, options));
  for (const { output } of moving) void output.close();
  const origins = config.sources.map(({ origin }) => origin);
  return {
    loaded: thread?.loaded ?? Promise.resolve(),
    begin(shared) {
      const { secrets } = config;
      const endWithinMs = afterDeadlineMs(config.shutdownTimeout);
      const here = side && new side({ outputs: staying, secrets, origins }, shared);
      const there = thread && new RemoteDelivery(thread, { ...shared, secrets, endWithinMs });
      return together(
        [here, there].filter((part) => part !== undefined),
        shared.clock,
      );
    },
    takeArrived: () => thread?.takeArrived(),
    abandon: () => void thread?.terminate(),
  };
}

function startOf(config: Config, { environment, agent, uid }: StartDeliveryOptions): DeliveryStart {
  return {
    build,
    file: config.file,
    parts: config.outputParts.reveal(),
    origins: config.sources.map(({ origin }) => origin),
    environment: { ...environment },
    agent,
    uid,
  };
}
