import type { Agent } from "../agent.ts";
import { actionSpec } from "../event/actions.ts";
import { ecsCategory, ecsType, outcomeOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo, smallMemo } from "../event/memo.ts";
import type { Origin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant } from "../text/writer.ts";
import { listMember, object, textMember } from "./json-members.ts";
import { productOf } from "./product.ts";

/** The data stream that a document says it is of. */
export interface EcsStream {
  /** That of the product, where nothing is said. */
  readonly dataset?: string;
  readonly namespace: string;
}

/** The members that only depend on where the record is from. */
export function ecsOriginMembers(origin: Origin, agent: Agent, stream: EcsStream): string {
  const organization =
    textMember("id", origin.organization?.id) + textMember("name", origin.organization?.name);
  const { observerVendor, observerProduct, service, ...product } = productOf(origin);
  const { dataset = product.dataset, namespace } = stream;
  return (
    `,"data_stream":{"type":"logs","dataset":"${dataset}","namespace":"${namespace}"}` +
    `,"observer":{"vendor":"${observerVendor}","product":"${observerProduct}","type":"application"` +
    textMember("hostname", origin.instance) +
    textMember("name", origin.source) +
    `},"service":{"name":"${service}","type":"${service}"` +
    textMember("address", origin.baseUrl) +
    `},"agent":{"type":${quote(agent.name)}` +
    textMember("version", agent.version) +
    "}" +
    (organization === "" ? "" : `,"organization":${object(organization)}`)
  );
}

/** What only depends on the action and the code. */
export interface EcsTraits {
  /** Category, type and outcome. */
  readonly classification: Buffer;
  readonly action: Buffer;
  readonly reason: Buffer;
  /** A sign-in has one user: without an actor the affected one takes its place. */
  readonly authentication: boolean;
  /** The entity is the group that the action is about. */
  readonly team: boolean;
  /** The affected user joins or leaves that group. */
  readonly membership: boolean;
}

const membershipEvents: ReadonlySet<string> = new Set([
  "wandb.audit.team.invite_user",
  "wandb.audit.team.uninvite",
  "wandb.audit.team.create_service_account",
]);

/** The traits of an event that can be read. */
export function ecsTraits({ action, code }: AuditEvent): EcsTraits {
  return traitsOf(action)(code);
}

const traitsOf = memo((action) => smallMemo((code: number | undefined) => makeTraits(action, code)));

function makeTraits(action: string, code: number | undefined): EcsTraits {
  const spec = actionSpec(action);
  const outcome = outcomeOf({ code });
  const category = ecsCategory({ code }, spec);
  const lists = listMember("category", category) + listMember("type", ecsType({ code }, spec));
  return {
    classification: constant(`${lists.slice(1)},"outcome":"${outcome}"`),
    action: constant(quote(action)),
    reason: constant(outcome === "failure" ? `,"reason":"HTTP ${code}"` : ""),
    authentication: category.includes("authentication"),
    team: spec.eventName.startsWith("wandb.audit.team."),
    membership: membershipEvents.has(spec.eventName),
  };
}
