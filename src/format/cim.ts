import type { ActionSpec, CimSpec } from "../event/action-spec.ts";
import { actionSpec } from "../event/actions.ts";
import { type Outcome, outcomeOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import type { KnownKey } from "../record/known-keys.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { textMember } from "./json-members.ts";
import { faultMembers, rawLine } from "./raw.ts";

/**
 * Splunk's Common Information Model at the top level, sorted, and the record itself under `wandb`: nested,
 * because its key `action` is not what CIM calls `action`. `cim_dataset` tells the event types apart.
 */
export function cimEvent(event: AuditEvent): string {
  const { code } = event;
  const spec = actionSpec(event.action);
  const outcome = outcomeOf(event);
  const action = actionOf(event, spec.cim, outcome);
  return (
    (action === undefined ? "{" : `{"action":${quote(action)},`) +
    '"app":"wandb"' +
    textMember("change_type", spec.cim?.changeType) +
    textMember("cim_dataset", spec.cim?.dataset) +
    textMember("command", event.action) +
    hostMembers(event.origin) +
    objectMembers(event, spec) +
    (spec.cim?.dataset === "Authentication" && outcome === "failure" ? `,"reason":"HTTP ${code}"` : "") +
    (code === undefined ? "" : `,"result":"HTTP ${code}","result_id":"${code}"`) +
    textMember("signature", spec.name) +
    textMember("signature_id", event.action) +
    textMember("src", event.ip) +
    textMember("src_ip", event.ip) +
    actorMembers(event, spec.cim) +
    (outcome === "unknown" ? "" : `,"status":"${outcome}"`) +
    userMembers(event, spec.cim) +
    textMember("vendor_account", accountOf(event)) +
    ',"vendor_product":"Weights & Biases wandb"' +
    (event.fault === undefined ? `,"wandb":${rawLine(event)}` : faultMembers(event)) +
    "}"
  );
}

const hostMembers = oncePerOrigin(
  ({ instance }) => textMember("dest", instance) + textMember("dvc", instance),
);

/**
 * In Authentication `action` is how it ended; in the other datasets it is the verb, whether it succeeded or
 * not.
 */
function actionOf(event: AuditEvent, cim: CimSpec | undefined, outcome: Outcome): string | undefined {
  if (cim?.dataset !== "Authentication") return cim?.action;
  if (outcome === "failure") return (event.code ?? 0) >= 500 ? "error" : "failure";
  if (cim.authentication === "preauth") return "pending";
  return outcome === "unknown" ? undefined : outcome;
}

/**
 * Name and id keys of what an action is about, by `objectType`. A run's own id is undocumented, its name
 * unknown.
 */
const objectKeys: ReadonlyMap<string, readonly [name: KnownKey | undefined, id: KnownKey]> = new Map([
  ["user", ["user_email", "user_asset"]],
  ["api_key", ["user_email", "user_asset"]],
  ["service_account", ["user_email", "user_asset"]],
  ["team", ["entity_name", "entity_asset"]],
  ["project", ["project_name", "project_asset"]],
  ["report", ["report_name", "report_asset"]],
  ["artifact", ["artifact_qualified_name", "artifact_asset"]],
  ["run", [undefined, "run_asset"]],
]);
const inProject: ReadonlySet<string> = new Set(["project", "report", "run", "sweep", "sweep_agent"]);

function objectMembers(event: AuditEvent, { cim, objectType }: ActionSpec): string {
  const { keys } = event;
  const [name, id] = objectKeys.get(objectType) ?? [];
  const digest = objectType === "artifact" ? keys.artifact_digest : undefined;
  return (
    textMember("object", name && keys[name]) +
    textMember("object_attrs", digest === undefined ? cim?.objectAttrs : `digest=${digest}`) +
    textMember("object_category", cim?.objectCategory) +
    textMember("object_id", id && keys[id]) +
    textMember("object_path", pathOf(event, objectType)) +
    (cim?.dataset === "Data_Access" && objectType !== "project" ? parentMembers(event) : "")
  );
}

function pathOf({ keys }: AuditEvent, objectType: string): string | undefined {
  if (objectType === "artifact") return keys.artifact_qualified_name;
  if (!inProject.has(objectType)) return undefined;
  const entity = keys.entity_name ?? keys.entity_asset;
  const project = keys.project_name ?? keys.project_asset;
  return entity === undefined || project === undefined ? undefined : `${entity}/${project}`;
}

function parentMembers({ keys }: AuditEvent): string {
  if (keys.project_name === undefined && keys.project_asset === undefined) return "";
  return (
    textMember("parent_object", keys.project_name) +
    ',"parent_object_category":"project"' +
    textMember("parent_object_id", keys.project_asset)
  );
}

/** Where `user` is the affected user (tag `account`), the actor is `src_user`. */
function actorMembers({ keys }: AuditEvent, cim: CimSpec | undefined): string {
  return cim?.userIsTarget ? personMembers("src_user", keys.actor_user_id, keys.actor_email, "") : "";
}

function userMembers({ keys }: AuditEvent, cim: CimSpec | undefined): string {
  const agent =
    keys.cli_version === undefined ? "" : textMember("user_agent", `wandb-python/${keys.cli_version}`);
  const noActor = keys.actor_user_id === undefined && keys.actor_email === undefined;
  // A sign-in has one user: without an actor the affected one takes its place.
  const target = cim?.userIsTarget || (noActor && cim?.dataset === "Authentication");
  return target
    ? personMembers("user", keys.user_asset, keys.user_email, agent)
    : personMembers("user", keys.actor_user_id, keys.actor_email, agent);
}

/** `user_agent` sorts between `user` and `user_id`. */
function personMembers(
  name: "user" | "src_user",
  id: string | undefined,
  email: string | undefined,
  between: string,
): string {
  return (
    textMember(name, email ?? id) + between + textMember(`${name}_id`, id) + textMember(`${name}_name`, email)
  );
}

function accountOf({ origin, keys }: AuditEvent): string | undefined {
  return origin.organization?.name ?? origin.organization?.id ?? keys.entity_name ?? keys.entity_asset;
}
