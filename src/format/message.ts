import type { ActionSpec } from "../event/action-spec.ts";
import { outcomeOf } from "../event/derive.ts";
import type { AuditEvent } from "../event/event.ts";
import { smallMemo } from "../event/memo.ts";
import { ownMessage } from "../event/own-event.ts";
import { place } from "../record/known-keys.ts";
import { quote } from "../text/json-text.ts";
import { constant, type Writer } from "../text/writer.ts";
import { has, writeInside, writeText } from "./values.ts";

/** How the sentence is written: as UTF-8, or as it stands between the quotation marks of a JSON string. */
export type MessageStyle = "text" | "inside";

/** What only depends on the action and how it ended, in each style. */
type Beginning = Readonly<Record<MessageStyle, Buffer>>;

const beginnings = new WeakMap<ActionSpec, (code: number | undefined) => Beginning>();
const endings = { success: " succeeded", failure: " failed", unknown: ": outcome unknown" };
const faultStart = "W&B audit record that cannot be read: ";
const by = constant(" by ");
const byUser = constant(" by user ");
const on = constant(" on ");

/** One sentence for people: what, how it ended, who, on what. */
export function writeMessage(into: Writer, event: AuditEvent, spec: ActionSpec, style: MessageStyle): void {
  if (event.fault !== undefined) {
    into.text(style === "text" ? faultStart + event.fault : quote(faultStart + event.fault).slice(1, -1));
    return;
  }
  const own = ownMessage(event);
  if (own !== undefined) {
    into.text(style === "text" ? own : quote(own).slice(1, -1));
    return;
  }
  const write = style === "text" ? writeText : writeInside;
  into.constant(beginningOf(event, spec)[style]);
  const { actor_email, actor_user_id } = place;
  if (has(event, actor_email)) {
    into.constant(by);
    write(into, event, actor_email);
  } else if (has(event, actor_user_id)) {
    into.constant(byUser);
    write(into, event, actor_user_id);
  }
  const { name, noun, id } = targets.get(spec.objectType) ?? project;
  if (has(event, name)) {
    into.constant(on);
    write(into, event, name);
  } else if (has(event, id)) {
    into.constant(noun);
    write(into, event, id);
  }
}

function beginningOf({ code }: AuditEvent, spec: ActionSpec): Beginning {
  let ofCode = beginnings.get(spec);
  if (ofCode === undefined) {
    ofCode = smallMemo((code) => {
      const text = spec.name + endings[outcomeOf({ code })] + (code === undefined ? "" : ` (HTTP ${code})`);
      return { text: constant(text), inside: constant(quote(text).slice(1, -1)) };
    });
    beginnings.set(spec, ofCode);
  }
  return ofCode(code);
}

/** Name and id of what an action is about, and what stands before the id. */
interface Target {
  readonly name: number;
  readonly noun: Buffer;
  readonly id: number;
}

const user = target(place.user_email, "user", place.user_asset);
const project = target(place.project_name, "project", place.project_asset);
const targets: ReadonlyMap<string, Target> = new Map([
  ["user", user],
  ["api_key", user],
  ["service_account", user],
  ["team", target(place.entity_name, "team", place.entity_asset)],
  ["artifact", target(place.artifact_qualified_name, "artifact", place.artifact_asset)],
  ["report", target(place.report_name, "report", place.report_asset)],
]);

function target(name: number, noun: string, id: number): Target {
  return { name, noun: constant(` on ${noun} `), id };
}
