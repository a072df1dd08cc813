import type { FilterConfig } from "../schema/output-base.ts";
import { wildcard } from "../text/wildcard.ts";
import { actionSpec } from "./actions.ts";
import { outcomeOf, severityOf } from "./derive.ts";
import type { AuditEvent } from "./event.ts";
import { memo } from "./memo.ts";

/**
 * Names the condition that keeps an event from an output, as it is written in the configuration; undefined
 * where the output gets it: every condition that is given must hold. Unparseable records always pass. Asks
 * nothing but what all events of a kind share (kind.ts): those in a run are not asked for.
 */
export function filterRule(config: FilterConfig): (event: AuditEvent) => string | undefined {
  const included = config.actions?.map(actionPattern);
  const excluded = (config.exclude_actions ?? []).map((pattern) => ({
    pattern,
    matches: actionPattern(pattern),
  }));
  const actionRule = memo((action) => {
    if (included !== undefined && !included.some((matches) => matches(action)))
      return `actions: [${config.actions?.join(", ")}]`;
    const found = excluded.find(({ matches }) => matches(action));
    return found === undefined ? undefined : `exclude_actions: ${found.pattern}`;
  });
  const outcomes = config.outcome === undefined ? undefined : new Set(config.outcome);
  const outcomeRule = `outcome: [${config.outcome?.join(", ")}]`;
  const minSeverity = config.min_severity ?? 0;
  const severityRule = `min_severity: ${minSeverity}`;
  return (event) => {
    if (event.fault !== undefined) return undefined;
    const rule = actionRule(event.action);
    if (rule !== undefined) return rule;
    if (outcomes !== undefined && !outcomes.has(outcomeOf(event))) return outcomeRule;
    return severityOf(event, actionSpec(event.action)) >= minSeverity ? undefined : severityRule;
  };
}

/** `*` stands for any text; upper and lower case are the same. */
export function actionPattern(pattern: string): (action: string) => boolean {
  const matches = wildcard(pattern.toLowerCase());
  return (action) => matches(action.toLowerCase());
}
