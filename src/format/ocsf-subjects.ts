import type { ActionSpec } from "../event/action-spec.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo } from "../event/memo.ts";
import { place } from "../record/known-keys.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant, type Part, type Writer } from "../text/writer.ts";
import { domainMember } from "./domain.ts";
import {
  beginObject,
  endObject,
  memberName,
  textMember,
  writeAddressMember,
  writeValueMember,
} from "./json-members.ts";
import { isEmail, isEmailText } from "./ocsf-email.ts";
import {
  actor,
  affected,
  isMembership,
  isNamed,
  namespaceOf,
  resourceOf,
  type UserKeys,
} from "./ocsf-homes.ts";
import { productOf } from "./product.ts";
import { has, textOf, writeEnclosed, writeInside } from "./values.ts";

const names = {
  actor: memberName("actor"),
  user: memberName("user"),
  uid: memberName("uid"),
  name: memberName("name"),
  email: memberName("email_addr"),
  source: memberName("src_endpoint"),
  ip: memberName("ip"),
  group: memberName("group"),
  entity: memberName("entity"),
  namespace: constant(',"namespace":"'),
} as const;
const nobody = constant(',"name":"unknown"');
const noSource = constant(',"src_endpoint":{"name":"unknown"}');
const team = constant(',"type":"team"');
const person = constant(',"type_id":2,"type":"User"');
const apiKey = constant(',"type_id":99,"type":"API Key","name":"api_key"');
const remote = constant(',"is_remote":true');
const resourcesEnd = constant("}]");
const slash = constant("/");
const quoted = constant('"');

/** Who, from where, and upon whom or what, as the class of the event has it. */
export function writeSubjectMembers(into: Writer, event: AuditEvent, spec: ActionSpec): void {
  const { classUid } = spec.ocsf;
  const api = classUid === 6003;
  const { service, actorAlone, destination, serviceMember } = constantsOf(event.origin);
  if (isNamed(event, actor)) {
    const begun = beginObject(into, names.actor);
    writeUser(into, event, actor);
    endObject(into, begun, names.actor);
  } else if (api) into.constant(actorAlone);
  writeSource(into, event, api);
  if (api) {
    into.constant(destination);
    into.constant(operations(event.action));
    into.constant(service);
    into.fixed(event.code === undefined ? "}" : `,"response":{"code":${event.code}}}`);
    writeResource(into, event, spec);
  } else if (classUid === 3002) {
    into.constant(destination);
    into.constant(serviceMember);
    into.constant(remote);
    writeUser(into, event, isNamed(event, actor) ? actor : affected);
  } else if (classUid === 3001) writeUser(into, event, affected, accountType(spec));
  else if (classUid === 3004) writeEntity(into, event, spec);
  else writeGroup(into, event, spec);
}

const operations = memo((action) => constant(`,"api":{"operation":${quote(action)}`));

/** What is the same for all events of one source. */
const constantsOf = oncePerOrigin((origin) => {
  const { service } = productOf(origin);
  const member = `,"service":{"name":"${service}"}`;
  return {
    service: constant(member),
    serviceMember: constant(member),
    actorAlone: constant(`,"actor":{"app_name":"${service}"}`),
    destination: constant(`,"dst_endpoint":{${textMember("hostname", origin.instance).slice(1)}}`),
  };
});

/** What kind of account is changed, where the action is a known one. */
function accountType({ known, objectType }: ActionSpec): string {
  if (!known) return "";
  return `,"type_id":${objectType === "service_account" ? 4 : 1}`;
}

/** A user of whom nothing is known is called so: every user has a name or an id. */
function writeUser(into: Writer, event: AuditEvent, who: UserKeys, type = ""): void {
  const begun = beginObject(into, names.user);
  writePerson(into, event, who);
  if (into.size === begun) into.constant(nobody);
  into.fixed(type);
  endObject(into, begun, names.user);
}

function writePerson(into: Writer, event: AuditEvent, { id, email }: UserKeys): void {
  writeValueMember(into, names.uid, event, id);
  writeValueMember(into, names.name, event, email);
  if (!has(event, email)) return;
  into.part(email === actor.email ? actorEmail : affectedEmail, event);
  (email === actor.email ? actorDomain : affectedDomain)(into, event);
}

const actorDomain = domainMember("domain", actor.email);
const affectedDomain = domainMember("domain", affected.email);
const actorEmail = emailOf(actor.email);
const affectedEmail = emailOf(affected.email);

/** The address where it is one by the schema's own pattern. */
function emailOf(key: number): Part<AuditEvent> {
  return (into, event) => {
    const { asWritten } = event;
    const is = asWritten?.isCopyable(key)
      ? isEmail(asWritten.memory, asWritten.start(key), asWritten.end(key))
      : isEmailText(textOf(event, key));
    if (is) writeEnclosed(into, names.email.beforeText, event, key);
    return true;
  };
}

function writeSource(into: Writer, event: AuditEvent, required: boolean): void {
  if (event.ip === undefined) {
    if (required) into.constant(noSource);
    return;
  }
  const begun = beginObject(into, names.source);
  writeAddressMember(into, names.ip, event);
  if (event.port !== undefined) into.text(`,"port":${event.port}`);
  endObject(into, begun, names.source);
}

function writeResource(into: Writer, event: AuditEvent, spec: ActionSpec): void {
  into.constant(resourceStarts(spec.objectType));
  const [id, name] = resourceOf(spec);
  const begun = into.size;
  if (id !== undefined) writeValueMember(into, names.uid, event, id);
  if (name !== undefined) writeValueMember(into, names.name, event, name);
  if (into.size === begun) into.constant(nobody);
  const namespace = namespaceOf(event, spec);
  if (namespace !== undefined) {
    into.constant(names.namespace);
    for (const [at, key] of namespace.entries()) {
      if (at > 0) into.constant(slash);
      writeInside(into, event, key);
    }
    into.constant(quoted);
  }
  into.constant(resourcesEnd);
}

const resourceStarts = memo((type) => constant(`,"resources":[{"role_id":1${textMember("type", type)}`));

function writeEntity(into: Writer, event: AuditEvent, { objectType }: ActionSpec): void {
  const begun = beginObject(into, names.entity);
  if (objectType === "api_key") {
    into.constant(apiKey);
    if (isNamed(event, affected)) writeUser(into, event, affected);
  } else {
    into.constant(person);
    writeValueMember(into, names.uid, event, affected.id);
    writeValueMember(into, names.name, event, affected.email);
    if (isNamed(event, affected)) writeUser(into, event, affected);
    else into.constant(nobody);
  }
  endObject(into, begun, names.entity);
}

function writeGroup(into: Writer, event: AuditEvent, spec: ActionSpec): void {
  const begun = beginObject(into, names.group);
  writeValueMember(into, names.uid, event, place.entity_asset);
  writeValueMember(into, names.name, event, place.entity_name);
  if (into.size === begun) into.constant(nobody);
  into.constant(team);
  endObject(into, begun, names.group);
  if (isMembership(spec) && isNamed(event, affected)) writeUser(into, event, affected);
}
