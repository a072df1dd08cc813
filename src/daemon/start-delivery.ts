import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { StartThread } from "../thread/start-thread.ts";
import { type Delivery, together } from "./delivery.ts";
import { DeliverySide, type DeliverySideOptions, leavesStdout, type WiredOutput } from "./delivery-side.ts";
import type { DeliveryStart } from "./remote/orders.ts";
import { RemoteDelivery } from "./remote/remote-delivery.ts";

/** Where a delivery is started, and what its thread takes along. */
export interface StartDeliveryOptions {
  readonly environment: DeliveryStart["environment"];
  readonly agent: Agent;
  /** Absent: everything is done in this thread. */
  readonly startThread?: StartThread | undefined;
}

/** A delivery that waits for its spool: meanwhile its thread starts. */
export interface StartingDelivery {
  begin(options: DeliverySideOptions): Delivery;
  /** There will be no spool. */
  abandon(): void;
}

/**
 * Begins to start a thread for those of the `outputs` that do not write to standard output. They are made a
 * second time there: here it shows, before anything is begun, whether they can be made.
 */
export function startDelivery(
  config: Config,
  outputs: readonly WiredOutput[],
  { startThread, environment, agent }: StartDeliveryOptions,
): StartingDelivery {
  const moving = outputs.filter(({ configured }) => leavesStdout(configured));
  if (startThread === undefined || moving.length === 0)
    return { begin: (options) => new DeliverySide(config, outputs, options), abandon() {} };
  for (const { output } of moving) void output.close();
  const start: DeliveryStart = {
    file: config.file,
    texts: config.texts.reveal(),
    environment: { ...environment },
    agent,
  };
  const thread = startThread("delivery", start);
  const staying = outputs.filter((wired) => !moving.includes(wired));
  return {
    begin(options) {
      const there = new RemoteDelivery(thread, { ...options, secrets: config.secrets });
      return staying.length === 0 ? there : together([there, new DeliverySide(config, staying, options)]);
    },
    abandon: () => void thread.terminate(),
  };
}
