import type { AuditEvent } from "../event/event.ts";
import { place } from "../record/known-keys.ts";
import { constant, type Writer } from "../text/writer.ts";
import { domainMember } from "./domain.ts";
import type { EcsTraits } from "./ecs-constants.ts";
import {
  beginObject,
  endObject,
  listMember,
  memberName,
  writeAddressMember,
  writeValueMember,
} from "./json-members.ts";
import { has, textOf, writeEnclosed } from "./values.ts";

const names = {
  group: memberName("group"),
  user: memberName("user"),
  target: memberName("target"),
  related: memberName("related"),
  id: memberName("id"),
  name: memberName("name"),
  email: memberName("email"),
  users: constant(',"user":["'),
  further: constant(',"'),
  ips: { before: constant(',"ip":['), beforeText: constant(',"ip":["') },
  hash: constant(',"hash":["'),
  listEnd: constant("]"),
} as const;

interface Person {
  readonly id: number;
  readonly email: number;
  /** Writes the domain of the address. */
  readonly domain: (into: Writer, event: AuditEvent) => void;
}

const actor = person(place.actor_user_id, place.actor_email);
const affected = person(place.user_asset, place.user_email);

function person(id: number, email: number): Person {
  return { id, email, domain: domainMember("domain", email) };
}

/** `group`, `user` and `related`: the actor at the root, the affected user under `target`. */
export function writeSubjects(into: Writer, event: AuditEvent, traits: EcsTraits): void {
  if (traits.team) writeGroup(into, event);
  const noActor = !has(event, actor.id) && !has(event, actor.email);
  const user = beginObject(into, names.user);
  writeUser(into, event, noActor && traits.authentication ? affected : actor);
  const target = beginObject(into, names.target);
  writeUser(into, event, affected);
  if (into.size > target && traits.membership && traits.team) writeGroup(into, event);
  endObject(into, target, names.target);
  endObject(into, user, names.user);
  writeRelated(into, event);
}

function writeGroup(into: Writer, event: AuditEvent): void {
  const group = beginObject(into, names.group);
  writeValueMember(into, names.id, event, place.entity_asset);
  writeValueMember(into, names.name, event, place.entity_name);
  endObject(into, group, names.group);
}

/** W&B's user name in the log is the e-mail address. */
function writeUser(into: Writer, event: AuditEvent, { id, email, domain }: Person): void {
  writeValueMember(into, names.id, event, id);
  writeValueMember(into, names.name, event, email);
  writeValueMember(into, names.email, event, email);
  domain(into, event);
}

function writeRelated(into: Writer, event: AuditEvent): void {
  const related = beginObject(into, names.related);
  writeRelatedUsers(into, event);
  if (event.asWritten?.addressCopyable) {
    writeAddressMember(into, names.ips, event);
    into.constant(names.listEnd);
  } else if (event.ips.length > 0) into.text(listMember("ip", event.ips));
  if (has(event, place.artifact_digest)) {
    writeEnclosed(into, names.hash, event, place.artifact_digest);
    into.constant(names.listEnd);
  }
  endObject(into, related, names.related);
}

const people = [actor.id, actor.email, affected.id, affected.email];

/** Each once. */
function writeRelatedUsers(into: Writer, event: AuditEvent): void {
  const begun = into.size;
  for (const [at, key] of people.entries()) {
    if (!has(event, key) || isRepeated(event, at)) continue;
    writeEnclosed(into, into.size === begun ? names.users : names.further, event, key);
  }
  if (into.size > begun) into.constant(names.listEnd);
}

/** An actor acts upon itself often enough. Which of these are the same belongs to an event's kind. */
function isRepeated(event: AuditEvent, at: number): boolean {
  for (let before = 0; before < at; before += 1)
    if (isSame(event, people[before] as number, people[at] as number)) return true;
  return false;
}

function isSame(event: AuditEvent, one: number, other: number): boolean {
  if (!has(event, one)) return false;
  return textOf(event, one) === textOf(event, other);
}
