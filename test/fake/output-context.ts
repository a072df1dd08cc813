import { randomUUID } from "node:crypto";
import type { OutputContext } from "../../src/output/output.ts";
import { systemClock } from "../../src/time/clock.ts";

/** What an output under test is made with: an empty environment, real time and real randomness. */
export const outputContext: OutputContext = {
  agent: { name: "wandb-audit-forwarder", version: "0.0.0" },
  environment: {},
  clock: systemClock,
  guid: randomUUID,
};
