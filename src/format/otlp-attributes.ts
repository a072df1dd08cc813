import { outcomeOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { jsonMembers, object } from "./json-members.ts";

/** Takes an event's attributes one by one. */
export interface AttributeSink {
  text(name: string, value: string): void;
  integer(name: string, value: number): void;
  /** Well-formed JSON. */
  json(name: string, json: string): void;
}

const auditNames: readonly (readonly [name: string, key: KnownKey | "outcome" | "unmapped"])[] = [
  ...knownKeys,
  "outcome" as const,
  "unmapped" as const,
]
  .sort()
  .map((key) => [`wandb.audit.${key}`, key]);

/**
 * Sorted by name, each once, none empty: semantic conventions where they exist, and every known key under
 * `wandb.audit`.
 */
export function forEachAttribute(event: AuditEvent, sink: AttributeSink): void {
  const { keys, code } = event;
  const outcome = outcomeOf(event);
  const text = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") sink.text(name, value);
  };
  const integer = (name: string, value: number | undefined) => {
    if (value !== undefined) sink.integer(name, value);
  };
  text("client.address", event.ip);
  integer("client.port", event.port);
  if (outcome === "failure") text("error.type", String(code));
  integer("http.response.status_code", code);
  text("log.record.original", event.raw);
  text("log.record.uid", event.uid);
  text("server.address", event.origin.instance);
  text("user.email", keys.actor_email);
  text("user.id", keys.actor_user_id);
  text("user.name", keys.actor_email);
  if (keys.cli_version !== undefined) text("user_agent.name", "wandb-python");
  text("user_agent.version", keys.cli_version);
  text("wandb.audit.fault", event.fault);
  for (const [name, key] of auditNames) {
    if (key === "outcome") text(name, outcome);
    else if (key === "response_code") integer(name, code);
    else if (key !== "unmapped") text(name, keys[key]);
    else if (event.unmapped.length > 0) sink.json(name, object(jsonMembers(event.unmapped)));
  }
}
