import { type OwnAction, ownPrefix } from "../own/own-fact.ts";
import type { ActionRow } from "./action-spec.ts";
import { ocsf } from "./models.ts";

type OwnRow = Omit<ActionRow, "cim"> & { readonly cim: undefined };

/** The action of events by which a person tries an output; nothing happened in W&B. */
export const testAction = `${ownPrefix}test_event`;

/** Names and severities: 0 to 10 on the CEF scale. */
const facts: Readonly<Record<OwnAction, readonly [name: string, severity: number]>> = {
  gap_found: ["Gap in the audit log found", 6],
  gap_filled: ["Gap in the audit log filled", 2],
  gap_dropped: ["Gap in the audit log dropped", 3],
  output_held: ["Output held", 7],
  output_released: ["Output takes events again", 2],
  key_rejected: ["Key of a source rejected", 7],
  key_accepted: ["Key of a source accepted again", 2],
  source_held: ["Source held", 6],
  source_released: ["Source is read again", 2],
  witness_differs: ["Witness and log differ", 7],
  witness_agrees: ["Witness and log agree again", 2],
  day_shrank: ["Source shows less of a day than before", 6],
  first_dead_letter: ["First dead letter for a reason", 5],
  archive_attested: ["Archive attested", 1],
  loss_accepted: ["Loss accepted by a person", 8],
  state_replaced: ["State is an older one or a copy", 7],
  configuration_changed: ["Configuration of the forwarder changed", 4],
  daily_summary: ["Daily summary", 1],
  heartbeat: ["Heartbeat", 0],
};

/** The actions of events that this program makes itself, in place of W&B. No data model has them. */
export const ownActions: readonly OwnRow[] = [
  {
    action: testAction,
    name: "Test event of wandb-audit-forwarder, no action in W&B",
    objectType: "output",
    category: ["api"],
    type: ["info"],
    severity: 0,
    cim: undefined,
    ocsf: ocsf.apiOther,
  },
  ...Object.entries(facts).map(([action, [name, severity]]): OwnRow => {
    const changes = action === "configuration_changed";
    return {
      action: ownPrefix + action,
      name,
      objectType: "forwarder",
      category: [changes ? "configuration" : "process"],
      type: [changes ? "change" : "info"],
      severity,
      cim: undefined,
      ocsf: ocsf.apiOther,
    };
  }),
];
