import { testAction } from "../../event/own-actions.ts";
import { rehearsalLabel } from "../../event/test-event.ts";

/**
 * Whether a line, in whatever format, is a test event or one of a rehearsal. Only what stands where the
 * format puts it counts: anybody may name a project so.
 */
export function isTestLine(line: string): boolean {
  if (line.startsWith("CEF:")) return hasTestPair(line);
  const record = parsed(line);
  const attributes = list(record, "attributes");
  return (
    actionPlaces.some((path) => at(record, path) === testAction) ||
    at(record, ["labels", rehearsalLabel]) !== undefined ||
    list(at(record, ["metadata"]), "tags").some((tag) => at(tag, ["name"]) === rehearsalLabel) ||
    attributes.some((each) => at(each, ["key"]) === rehearsalLabel) ||
    attributes.some(
      (each) =>
        at(each, ["key"]) === "wandb.audit.action" && at(each, ["value", "stringValue"]) === testAction,
    )
  );
}

/** In a value of CEF each = has a \ before it. */
function hasTestPair(line: string): boolean {
  const act = ` act=${testAction}`;
  return line.includes(` ${rehearsalLabel}=`) || line.includes(`${act} `) || line.trimEnd().endsWith(act);
}

/** Of `raw` and `json`, `ecs`, `cim` and `ocsf`. */
const actionPlaces = [["action"], ["event", "action"], ["signature_id"], ["api", "operation"]] as const;

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = at(value, [name]);
  return Array.isArray(found) ? found : [];
}
