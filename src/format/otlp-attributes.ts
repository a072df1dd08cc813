import { outcomeOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { type KnownKey, knownKeys, place } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";
import { jsonMembers, object } from "./json-members.ts";
import { productOf } from "./product.ts";
import { seenAgent } from "./seen-agent.ts";
import { shownTags } from "./shown-tags.ts";
import { has } from "./values.ts";

/** Takes an event's attributes one by one. */
export interface AttributeSink {
  /** A value that is the same for all events of a kind. */
  fixed(name: string, value: string): void;
  /** The event's address, which it has. */
  address(name: string): void;
  uid(name: string): void;
  /** The value of the known key at this place, which has one. */
  value(name: string, key: number): void;
  /** The record's own text. */
  record(name: string): void;
  integer(name: string, value: number): void;
  /** Well-formed JSON. */
  json(name: string, json: string): void;
  /** The same of what is the same for all events of a kind. */
  fixedJson(name: string, json: string): void;
}

const auditNames: readonly (readonly [name: string, key: KnownKey | "outcome" | "forwarder" | "unmapped"])[] =
  [
    ...knownKeys,
    "outcome" as const,
    // Of these two one, by what the event is about.
    "forwarder" as const,
    "unmapped" as const,
  ]
    .sort()
    .map((key) => [`wandb.audit.${key}`, key]);

/**
 * Sorted by name, each once, none empty: semantic conventions where they exist, and every known key under
 * `wandb.audit`.
 */
export function forEachAttribute(event: AuditEvent, sink: AttributeSink): void {
  const { code } = event;
  const outcome = outcomeOf(event);
  const { rest } = productOf(event.origin);
  const text = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") sink.fixed(name, value);
  };
  const value = (name: string, key: number) => {
    if (has(event, key)) sink.value(name, key);
  };
  const integer = (name: string, value: number | undefined) => {
    if (value !== undefined) sink.integer(name, value);
  };
  if (event.ip !== undefined) sink.address("client.address");
  integer("client.port", event.port);
  if (outcome === "failure") text("error.type", String(code));
  integer("http.response.status_code", code);
  if (event.asWritten !== undefined || event.raw !== "") sink.record("log.record.original");
  sink.uid("log.record.uid");
  text("server.address", event.origin.instance);
  value("user.email", place.actor_email);
  value("user.id", place.actor_user_id);
  value("user.name", place.actor_email);
  if (has(event, place.cli_version)) text("user_agent.name", "wandb-python");
  const agent = seenAgent(event);
  if (agent !== undefined) sink.json("user_agent.original", quote(agent));
  value("user_agent.version", place.cli_version);
  text("wandb.audit.fault", event.fault);
  for (const [name, key] of auditNames) {
    if (key === "outcome") text(name, outcome);
    else if (key === "response_code") integer(name, code);
    else if (key !== "unmapped" && key !== "forwarder") value(name, place[key]);
    else if (event.unmapped.length > 0 && key === rest) sink.json(name, object(jsonMembers(event.unmapped)));
  }
  if (event.replayId !== undefined) sink.json("wandb.replay_id", quote(event.replayId));
  const tags = shownTags(event);
  if (tags.length > 0) sink.fixedJson("wandb.tags", JSON.stringify(tags));
}
