import { ownPrefix } from "../own/own-fact.ts";
import { isOwn } from "../own/own-origin.ts";
import type { AuditEvent } from "./event.ts";

const heartbeat = `${ownPrefix}heartbeat`;

/** What an own event says about itself, for people. Undefined where it is none, or says nothing. */
export function ownMessage(event: AuditEvent): string | undefined {
  return isOwn(event.origin) ? member(event, "message") : undefined;
}

/**
 * Whether an output gets an own event: what is told about an output would not reach it when it matters, and
 * is no news when it does. Heartbeats are for the one they are about.
 */
export function ownWanted(event: AuditEvent, output: string): boolean {
  return event.action === heartbeat || member(event, "output") !== output;
}

/** Whether a payload, in whatever format, is an event that this program made itself. */
export function isOwnPayload(payload: string): boolean {
  return payload.includes(ownPrefix);
}

function member({ unmapped }: AuditEvent, name: string): string | undefined {
  const json = unmapped.find(([key]) => key === name)?.[1];
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  return typeof value === "string" ? value : undefined;
}
