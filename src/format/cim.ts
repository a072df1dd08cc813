import type { ActionSpec, CimSpec } from "../event/action-spec.ts";
import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { constant, type Writer } from "../text/writer.ts";
import { type CimAttributes, cimConstants } from "./cim-constants.ts";
import { domainMember } from "./domain.ts";
import {
  listMember,
  memberName,
  textMember,
  writeAddressMember,
  writeTextMember,
  writeValueMember,
} from "./json-members.ts";
import { oncePerProduct } from "./product.ts";
import { faultMembers, writeRawLine } from "./raw.ts";
import { seenAgent } from "./seen-agent.ts";
import { shownTags } from "./shown-tags.ts";
import { has, writeEnclosed, writeInside } from "./values.ts";

/**
 * Splunk's Common Information Model at the top level, sorted, and the record itself under `wandb`: nested,
 * because its key `action` is not what CIM calls `action`. `cim_dataset` tells the event types apart.
 */
export function cimEvent(event: AuditEvent, into: Writer): void {
  const { spec, cim, head, attributes, middle, end } = cimConstants(event);
  into.constant(head);
  writeObject(into, event, spec, attributes);
  into.constant(middle);
  writeSource(into, event);
  // Where `user` is the affected user (tag `account`), the actor is `src_user`.
  if (cim?.userIsTarget) writePerson(into, event, sourceUser, actor, false);
  into.constant(end);
  into.fixed(listMember("tags", shownTags(event)));
  writePerson(into, event, user, isTargetUser(event, cim) ? affected : actor, true);
  writeAccount(into, event);
  const { vendor, nested } = productNames(event.origin);
  into.constant(vendor);
  if (event.fault !== undefined) into.text(faultMembers(event));
  else {
    into.constant(nested);
    writeRawLine(event, into);
  }
  into.byte(closeBrace);
}

const closeBrace = 0x7d;
const productNames = oncePerProduct(({ vendorProduct, nested }) => ({
  vendor: constant(textMember("vendor_product", vendorProduct)),
  nested: memberName(nested).before,
}));
const names = {
  object: memberName("object"),
  object_attrs: memberName("object_attrs"),
  object_category: memberName("object_category"),
  object_id: memberName("object_id"),
  object_path: constant(',"object_path":"'),
  digest: constant(',"object_attrs":"digest='),
  parent_object: memberName("parent_object"),
  parent_category: constant(',"parent_object_category":"project"'),
  parent_object_id: memberName("parent_object_id"),
  src: memberName("src"),
  src_ip: memberName("src_ip"),
  sdk: constant(',"user_agent":"wandb-python/'),
  vendor_account: memberName("vendor_account"),
} as const;
const slash = constant("/");

/**
 * Name and id keys of what an action is about, by `objectType`. A run's own id is undocumented, its name
 * unknown.
 */
const objectKeys: ReadonlyMap<string, readonly [name: number | undefined, id: number]> = new Map([
  ["user", [place.user_email, place.user_asset]],
  ["api_key", [place.user_email, place.user_asset]],
  ["service_account", [place.user_email, place.user_asset]],
  ["team", [place.entity_name, place.entity_asset]],
  ["project", [place.project_name, place.project_asset]],
  ["report", [place.report_name, place.report_asset]],
  ["artifact", [place.artifact_qualified_name, place.artifact_asset]],
  ["run", [undefined, place.run_asset]],
]);
const inProject: ReadonlySet<string> = new Set(["project", "report", "run", "sweep", "sweep_agent"]);

function writeObject(
  into: Writer,
  event: AuditEvent,
  { cim, objectType }: ActionSpec,
  { attrs, category }: CimAttributes,
): void {
  const keys = objectKeys.get(objectType);
  if (keys?.[0] !== undefined) writeValueMember(into, names.object, event, keys[0]);
  if (objectType === "artifact" && has(event, place.artifact_digest)) {
    writeEnclosed(into, names.digest, event, place.artifact_digest);
  } else into.constant(attrs);
  into.constant(category);
  if (keys !== undefined) writeValueMember(into, names.object_id, event, keys[1]);
  writePath(into, event, objectType);
  if (cim?.dataset === "Data_Access" && objectType !== "project") writeParent(into, event);
}

function writePath(into: Writer, event: AuditEvent, objectType: string): void {
  if (objectType === "artifact") {
    const name = place.artifact_qualified_name;
    if (has(event, name)) writeEnclosed(into, names.object_path, event, name);
    return;
  }
  if (!inProject.has(objectType)) return;
  const entity = has(event, place.entity_name) ? place.entity_name : place.entity_asset;
  const project = has(event, place.project_name) ? place.project_name : place.project_asset;
  if (!has(event, entity) || !has(event, project)) return;
  into.constant(names.object_path);
  writeInside(into, event, entity);
  writeEnclosed(into, slash, event, project);
}

function writeParent(into: Writer, event: AuditEvent): void {
  if (!has(event, place.project_name) && !has(event, place.project_asset)) return;
  writeValueMember(into, names.parent_object, event, place.project_name);
  into.constant(names.parent_category);
  writeValueMember(into, names.parent_object_id, event, place.project_asset);
}

/** Whose id and e-mail address. */
interface Person {
  readonly id: number;
  readonly email: number;
}

const actor: Person = { id: place.actor_user_id, email: place.actor_email };
const affected: Person = { id: place.user_asset, email: place.user_email };

function personNames(name: "user" | "src_user") {
  return {
    name: memberName(name),
    id: memberName(`${name}_id`),
    email: memberName(`${name}_name`),
    domain: {
      actor: domainMember(`${name}_domain`, place.actor_email),
      affected: domainMember(`${name}_domain`, place.user_email),
    },
  };
}
const user = personNames("user");
const sourceUser = personNames("src_user");

/** A sign-in has one user: without an actor the affected one takes its place. */
function isTargetUser(event: AuditEvent, cim: CimSpec | undefined): boolean {
  if (cim?.userIsTarget) return true;
  return cim?.dataset === "Authentication" && !has(event, actor.id) && !has(event, actor.email);
}

/** An address that is none, such as a pseudonym, is a text that events can be counted by. */
function writeSource(into: Writer, event: AuditEvent): void {
  if (event.ip === undefined) writeValueMember(into, names.src, event, place.actor_ip);
  writeAddressMember(into, names.src, event);
  writeAddressMember(into, names.src_ip, event);
}

/** `user_agent`, where it is wanted, sorts between `user` and `user_domain`. */
function writePerson(
  into: Writer,
  event: AuditEvent,
  name: ReturnType<typeof personNames>,
  { id, email }: Person,
  withAgent: boolean,
): void {
  const shown = has(event, email) ? email : id;
  writeValueMember(into, name.name, event, shown);
  if (withAgent) writeAgent(into, event);
  name.domain[email === actor.email ? "actor" : "affected"](into, event);
  writeValueMember(into, name.id, event, id);
  writeValueMember(into, name.email, event, email);
}

/** In the client's own words, else made of the SDK's version. */
function writeAgent(into: Writer, event: AuditEvent): void {
  const seen = seenAgent(event);
  if (seen !== undefined) into.text(textMember("user_agent", seen));
  else if (has(event, place.cli_version)) writeEnclosed(into, names.sdk, event, place.cli_version);
}

function writeAccount(into: Writer, event: AuditEvent): void {
  const { organization } = event.origin;
  const account = organization?.name ?? organization?.id;
  if (account !== undefined) {
    writeTextMember(into, names.vendor_account, account);
    return;
  }
  const key = has(event, place.entity_name) ? place.entity_name : place.entity_asset;
  writeValueMember(into, names.vendor_account, event, key);
}
