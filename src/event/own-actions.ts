import type { ActionRow } from "./action-spec.ts";
import { ocsf } from "./models.ts";

/** The action of events by which a person tries an output; nothing happened in W&B. */
export const testAction = "wandb-audit-forwarder:test_event";

/** The actions of events that this program makes itself, in place of W&B. No data model has them. */
export const ownActions: readonly (Omit<ActionRow, "cim"> & { readonly cim: undefined })[] = [
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
];
