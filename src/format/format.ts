import type { AuditEvent } from "../event/event.ts";

/**
 * Pure: same event, same text. Never throws, whatever the event holds. The text is one line: it contains no
 * CR or LF.
 */
export type Format = (event: AuditEvent) => string;
