import type { ActionSpec, CimSpec } from "../event/action-spec.ts";
import { actionSpec } from "../event/actions.ts";
import { type Outcome, outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo, smallMemo } from "../event/memo.ts";
import { type Origin, oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant } from "../text/writer.ts";
import { textMember } from "./json-members.ts";
import { labelsMember } from "./labels.ts";
import { productOf } from "./product.ts";
import { severityCaption } from "./severity-caption.ts";

/** What only depends on the source, the action and the code. */
export interface CimConstants {
  readonly spec: ActionSpec;
  readonly cim: CimSpec | undefined;
  /** Up to the object. */
  readonly head: Buffer;
  readonly attributes: CimAttributes;
  /** Between the object and the address. */
  readonly middle: Buffer;
  /** How it ended. */
  readonly end: Buffer;
}

/** What is said of an object whatever it is. */
export interface CimAttributes {
  readonly attrs: Buffer;
  readonly category: Buffer;
}

/** So many actions of one source: each has constants of a kilobyte for each of its codes. */
const mostActions = 512;

const constantsOfOrigin = oncePerOrigin((origin) =>
  memo((action) => smallMemo((code: number | undefined) => makeConstants(origin, action, code)), mostActions),
);

/** Of what cannot be read nothing is claimed: it is of no dataset. */
const constantsOfUnreadable = oncePerOrigin((origin) => {
  const spec = actionSpec("unknown");
  return makeConstants(origin, "unknown", undefined, { ...spec, cim: undefined });
});

/** What is always the same of such an event. */
export function cimConstants(event: AuditEvent): CimConstants {
  if (event.fault !== undefined) return constantsOfUnreadable(event.origin);
  return constantsOfOrigin(event.origin)(event.action)(event.code);
}

function makeConstants(
  origin: Origin,
  command: string,
  code: number | undefined,
  spec = actionSpec(command),
): CimConstants {
  const { instance } = origin;
  const { cim } = spec;
  const outcome = outcomeOf({ code });
  const action = actionOf(code, cim, outcome);
  const head =
    (action === undefined ? "{" : `{"action":${quote(action)},`) +
    `"app":${quote(productOf(origin).service)}` +
    textMember("change_type", cim?.changeType) +
    textMember("cim_dataset", cim?.dataset) +
    textMember("command", command) +
    textMember("dest", instance) +
    textMember("dvc", instance) +
    labelsMember(origin);
  const middle =
    (cim?.dataset === "Authentication" && outcome === "failure" ? `,"reason":"HTTP ${code}"` : "") +
    (code === undefined ? "" : `,"result":"HTTP ${code}","result_id":"${code}"`) +
    severityMembers(severityOf({ code }, spec)) +
    textMember("signature", spec.name) +
    textMember("signature_id", command);
  return {
    spec,
    cim,
    head: constant(head),
    attributes: {
      attrs: constant(textMember("object_attrs", cim?.objectAttrs)),
      category: constant(textMember("object_category", cim?.objectCategory)),
    },
    middle: constant(middle),
    end: constant(outcome === "unknown" ? "" : `,"status":"${outcome}"`),
  };
}

/** The word that the Common Information Model has for it, and the number from 0 to 10. */
function severityMembers(severity: number): string {
  return `,"severity":"${severityCaption(severity).caption.toLowerCase()}","severity_id":"${severity}"`;
}

/**
 * In Authentication `action` is how it ended; in the other datasets it is the verb, whether it succeeded or
 * not.
 */
function actionOf(code: number | undefined, cim: CimSpec | undefined, outcome: Outcome): string | undefined {
  if (cim?.dataset !== "Authentication") return cim?.action;
  if (outcome === "failure") return (code ?? 0) >= 500 ? "error" : "failure";
  if (cim.authentication === "preauth") return "pending";
  return outcome === "unknown" ? undefined : outcome;
}
