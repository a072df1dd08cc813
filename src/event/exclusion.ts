import { isOwn } from "../own/own-origin.ts";
import type { FilterConfig } from "../schema/output-base.ts";
import type { AuditEvent } from "./event.ts";
import { filterRule } from "./filter.ts";
import { ownWanted } from "./own-event.ts";

/** What stands for a rule where an own event does not go to the output that it is about. */
const aboutThisOutput = "what it tells: it is about this output";

/**
 * Says why an event does not go to an output, undefined where it does: by the output's filter, which no own
 * event has to pass, or because it is told of that output.
 */
export function exclusion(
  output: string,
  filter: FilterConfig | undefined,
): (event: AuditEvent) => string | undefined {
  const rule = filter === undefined ? () => undefined : filterRule(filter);
  return (event) => {
    if (!isOwn(event.origin)) return rule(event);
    return ownWanted(event, output) ? undefined : aboutThisOutput;
  };
}
