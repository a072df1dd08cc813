import type { AuditEvent } from "../../src/event/event.ts";

const names = [
  "uid",
  "origin",
  "observed",
  "raw",
  "fault",
  "time",
  "action",
  "keys",
  "code",
  "ip",
  "port",
  "ips",
  "unmapped",
  "tags",
] as const satisfies readonly (keyof AuditEvent)[];

/** The same event of texts alone: formats cannot copy from the record then. */
export function textOnly(event: AuditEvent): AuditEvent {
  const known = names.filter((name) => event[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, event[name]])) as unknown as AuditEvent;
}
