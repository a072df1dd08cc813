import type { AuditEvent } from "../event/event.ts";

/** W&B documents no such key and none was ever seen; where a server sends it, it is what it says. */
const agentKey = "user_agent";

/**
 * What the client itself says that it is, where the record has that as a text. A version of the SDK is no
 * such text: nothing is made of it here.
 */
export function seenAgent({ unmapped }: AuditEvent): string | undefined {
  if (unmapped.length === 0) return undefined;
  const json = unmapped.findLast(([key]) => key === agentKey)?.[1];
  if (json === undefined || !json.startsWith('"')) return undefined;
  const text: unknown = JSON.parse(json);
  return typeof text === "string" && text !== "" ? text : undefined;
}
