import type { FilterConfig } from "../schema/output-base.ts";
import { actionSpec } from "./actions.ts";
import { outcomeOf, severityOf } from "./derive.ts";
import type { AuditEvent } from "./event.ts";
import { memo } from "./memo.ts";

/**
 * Tells whether an output gets an event: every condition that is given must hold. Unparseable records always
 * pass.
 */
export function eventFilter(config: FilterConfig): (event: AuditEvent) => boolean {
  const included = config.actions?.map(actionPattern);
  const excluded = (config.exclude_actions ?? []).map(actionPattern);
  const passesAction = memo(
    (action) =>
      (included === undefined || included.some((matches) => matches(action))) &&
      !excluded.some((matches) => matches(action)),
  );
  const outcomes = config.outcome === undefined ? undefined : new Set(config.outcome);
  const minSeverity = config.min_severity ?? 0;
  return (event) =>
    event.fault !== undefined ||
    (passesAction(event.action) &&
      (outcomes === undefined || outcomes.has(outcomeOf(event))) &&
      severityOf(event, actionSpec(event.action)) >= minSeverity);
}

/**
 * `*` stands for any text; upper and lower case are the same. Takes linear time whatever the pattern and the
 * action are.
 */
function actionPattern(pattern: string): (action: string) => boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  return (action) => {
    const text = action.toLowerCase();
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - at >= last.length && text.endsWith(last);
  };
}
