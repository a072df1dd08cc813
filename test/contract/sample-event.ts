import type { AuditEvent } from "../../src/event/event.ts";

export const sampleOrigin = {
  source: "prod",
  instance: "acme.wandb.io",
  baseUrl: "https://acme.wandb.io",
  anonymize: false,
};

/** A decoded event whose project is called `name`; `number` makes its uid and time. */
export function sampleEvent(number: number, name = `project ${number}`): AuditEvent {
  const seconds = 1_785_589_934 + number;
  const timestamp = new Date(seconds * 1000).toISOString();
  const keys = {
    timestamp,
    action: "project:read",
    actor_user_id: "8347",
    actor_email: "ada@acme.example",
    actor_ip: "203.0.113.7",
    response_code: "200",
    entity_name: "vision",
    project_name: name,
  };
  return {
    uid: number.toString(16).padStart(32, "0"),
    origin: sampleOrigin,
    observed: { seconds: seconds + 60, nanos: 0 },
    raw: JSON.stringify({ ...keys, actor_user_id: 8347, response_code: 200 }),
    time: { seconds, nanos: 0 },
    action: keys.action,
    keys,
    code: 200,
    ip: keys.actor_ip,
    ips: [keys.actor_ip],
    unmapped: [],
    tags: [],
  };
}

export function sampleEvents(count: number, from = 1): AuditEvent[] {
  return Array.from({ length: count }, (_, index) => sampleEvent(from + index));
}
