import type { ActionSpec } from "../event/action-spec.ts";
import type { AuditEvent } from "../event/event.ts";
import { documentedKeys, type KnownKey, place } from "../record/known-keys.ts";
import { has } from "./values.ts";

/** Whose id and e-mail address. */
export interface UserKeys {
  readonly id: number;
  readonly email: number;
}

/** Who did it. */
export const actor: UserKeys = { id: place.actor_user_id, email: place.actor_email };
/** To whom it was done. */
export const affected: UserKeys = { id: place.user_asset, email: place.user_email };

/** Whether the event says anything of that person. */
export function isNamed(event: AuditEvent, { id, email }: UserKeys): boolean {
  return has(event, id) || has(event, email);
}

/** The keys of what was acted upon, by the object's type. */
const resourceKeys: ReadonlyMap<string, readonly [id: KnownKey | undefined, name: KnownKey | undefined]> =
  new Map([
    ["project", ["project_asset", "project_name"]],
    ["report", ["report_asset", "report_name"]],
    ["artifact", ["artifact_asset", "artifact_qualified_name"]],
    ["run", ["run_asset", undefined]],
  ]);

/** Id and name of a resource, each as far as its type has one. */
export function resourceOf({
  objectType,
}: ActionSpec): readonly [id: number | undefined, name: number | undefined] {
  const [id, name] = resourceKeys.get(objectType) ?? [];
  return [id && place[id], name && place[name]];
}

/** Entity and project, or for a project its entity: name before id. Undefined: not all of it is known. */
export function namespaceOf(event: AuditEvent, { objectType }: ActionSpec): readonly number[] | undefined {
  const entity = has(event, place.entity_name) ? place.entity_name : place.entity_asset;
  const project = has(event, place.project_name) ? place.project_name : place.project_asset;
  const parts = objectType === "project" ? [entity] : [entity, project];
  return parts.every((key) => has(event, key)) ? parts : undefined;
}

const everywhere = keys("timestamp action actor_user_id actor_email actor_ip response_code cli_version");
const entity = keys("entity_asset entity_name");
const project = keys("project_asset project_name");
const target = keys("user_asset user_email");

function keys(names: string): readonly number[] {
  return names.split(" ").map((name) => place[name as KnownKey]);
}

/** Whether an activity of Group Management is about somebody who joins or leaves. */
export function isMembership({ ocsf: { activityId } }: ActionSpec): boolean {
  return activityId === 3 || activityId === 4;
}

/** Documented keys with a value for which the event's class has no attribute, by their places. */
export function homeless(event: AuditEvent, spec: ActionSpec): readonly number[] {
  const homes = new Set(everywhere);
  const add = (places: readonly (number | undefined)[]) => {
    for (const each of places) if (each !== undefined) homes.add(each);
  };
  const { classUid } = spec.ocsf;
  if (classUid === 3006) {
    add(entity);
    if (isMembership(spec)) add(target);
  } else if (classUid === 3002) {
    if (!isNamed(event, actor)) add(target);
  } else if (classUid === 6003) {
    add(resourceOf(spec));
    // A name stands for its id.
    if (namespaceOf(event, spec) !== undefined)
      add(spec.objectType === "project" ? entity : [...entity, ...project]);
  } else add(target);
  return documented.filter((key) => has(event, key) && !homes.has(key));
}

const documented = documentedKeys.map((key) => place[key]);
