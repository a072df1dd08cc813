import { actionSpec } from "../event/actions.ts";
import { type Outcome, outcomeOf, severityOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { memo, smallMemo } from "../event/memo.ts";
import { oncePerOrigin } from "../record/origin.ts";
import { quote } from "../text/json-text.ts";
import { constant } from "../text/writer.ts";
import { textMember } from "./json-members.ts";
import { productOf } from "./product.ts";
import { severityCaption } from "./severity-caption.ts";

/** The version of the Open Cybersecurity Schema Framework that events are of. */
export const ocsfVersion = "1.8.0";

/** A class, its category and the captions of its activities. 99 has the source's own word. */
interface OcsfClass {
  readonly name: string;
  readonly category: number;
  readonly activities: Readonly<Record<number, string>>;
}

const crud = { 1: "Create", 2: "Read", 3: "Update", 4: "Delete" };

const classes: Readonly<Record<number, OcsfClass>> = {
  3001: {
    name: "Account Change",
    category: 3,
    activities: { 1: "Create", 2: "Enable", 5: "Disable", 6: "Delete" },
  },
  3002: { name: "Authentication", category: 3, activities: { 1: "Logon", 2: "Logoff", 6: "Preauth" } },
  3004: { name: "Entity Management", category: 3, activities: crud },
  3006: {
    name: "Group Management",
    category: 3,
    activities: { 3: "Add User", 4: "Remove User", 5: "Delete", 6: "Create" },
  },
  6003: { name: "API Activity", category: 6, activities: crud },
};

const statuses: Readonly<Record<Outcome, readonly [id: number, caption: string]>> = {
  success: [1, "Success"],
  failure: [2, "Failure"],
  unknown: [0, "Unknown"],
};

/** What only depends on the action and the code: what happened, how grave it is, how it ended. */
export function ocsfHead({ action, code }: AuditEvent): Buffer {
  return heads(action)(code);
}

const heads = memo((action) => smallMemo((code: number | undefined) => constant(makeHead(action, code))));

function makeHead(action: string, code: number | undefined): string {
  const spec = actionSpec(action);
  const { classUid, activityId } = spec.ocsf;
  const { name, category, activities } = classes[classUid] as OcsfClass;
  const outcome = outcomeOf({ code });
  const severity = severityMembers(severityOf({ code }, spec));
  const [statusId, status] = statuses[outcome];
  return (
    `{"class_uid":${classUid},"class_name":"${name}","category_uid":${category},"activity_id":${activityId}` +
    textMember("activity_name", activities[activityId] ?? action) +
    `,"type_uid":${classUid * 100 + activityId}${severity},"status_id":${statusId},"status":"${status}"` +
    (code === undefined ? "" : `,"status_code":"${code}","http_response":{"code":${code}}`)
  );
}

function severityMembers(severity: number): string {
  const { id, caption } = severityCaption(severity);
  return `,"severity_id":${id},"severity":"${caption}"`;
}

/**
 * A record that cannot be read: Base Event, which claims nothing about what happened. Its severity is that of
 * an unknown action.
 */
export const unreadableHead = constant(
  '{"class_uid":0,"class_name":"Base Event","category_uid":0,"activity_id":0,"activity_name":"Unknown","type_uid":0' +
    `${severityMembers(severityOf({}, actionSpec("unknown")))},"status_id":0,"status":"Unknown"`,
);

/** Between the uid and the times in `metadata`. */
export const ocsfMetadata = oncePerOrigin((origin) => {
  const { observerProduct, observerVendor } = productOf(origin);
  const { organization } = origin;
  const product = `{"name":${quote(observerProduct)},"vendor_name":${quote(observerVendor)}}`;
  const rest = `","log_name":"audit_logs","product":${product}${textMember("tenant_uid", organization?.id)}`;
  return memo((action) => constant(`${rest}${textMember("event_code", action)}`));
});
