import type { SearchProduct } from "./ecs-fields.ts";

/** When the data stream goes on in another backing index, and when the old ones go. */
export interface Lifecycle {
  readonly rolloverAgeMs: number;
  readonly rolloverBytes: number;
  /** After the rollover; absent: never. */
  readonly deleteAfterMs: number | undefined;
}

/** Of the policy. */
export const policyName = "wandb-audit";

/** Where the policy is kept, and what it says. */
export function policyRequest(
  product: SearchProduct,
  lifecycle: Lifecycle,
): { readonly path: string; readonly body: object } {
  return product === "elasticsearch"
    ? { path: `/_ilm/policy/${policyName}`, body: indexLifecycle(lifecycle) }
    : { path: `/_plugins/_ism/policies/${policyName}`, body: indexStates(lifecycle) };
}

/** Elasticsearch's index lifecycle management. */
function indexLifecycle({ rolloverAgeMs, rolloverBytes, deleteAfterMs }: Lifecycle): object {
  const rollover = { max_age: timeValue(rolloverAgeMs), max_primary_shard_size: `${rolloverBytes}b` };
  const hot = { actions: { rollover } };
  const phases =
    deleteAfterMs === undefined
      ? { hot }
      : { hot, delete: { min_age: timeValue(deleteAfterMs), actions: { delete: {} } } };
  return { policy: { phases, _meta: { managed_by: "wandb-audit-forwarder" } } };
}

/** OpenSearch's index state management. */
function indexStates({ rolloverAgeMs, rolloverBytes, deleteAfterMs }: Lifecycle): object {
  const rollover = { min_index_age: timeValue(rolloverAgeMs), min_primary_shard_size: `${rolloverBytes}b` };
  const leaves = deleteAfterMs !== undefined;
  const end = { state_name: "delete", conditions: { min_rollover_age: timeValue(deleteAfterMs ?? 0) } };
  return {
    policy: {
      description: "The W&B audit log, managed by wandb-audit-forwarder",
      default_state: "hot",
      states: [
        { name: "hot", actions: [{ rollover }], transitions: leaves ? [end] : [] },
        ...(leaves ? [{ name: "delete", actions: [{ delete: {} }], transitions: [] }] : []),
      ],
      ism_template: [{ index_patterns: ["logs-wandb.audit-*"], priority: 250 }],
    },
  };
}

const secondMs = 1_000;
const dayMs = 86_400 * secondMs;

/** In the words of both. */
function timeValue(ms: number): string {
  return ms % dayMs === 0 ? `${ms / dayMs}d` : `${Math.ceil(ms / secondMs)}s`;
}
