import type { Entry, Value } from "../record/entry.ts";
import { type KnownKey, knownKeys } from "../record/known-keys.ts";
import { parseEntry } from "../record/parse-entry.ts";
import { quote } from "../text/json-text.ts";
import { faultEvent } from "./decode.ts";
import { entryEvent } from "./entry-event.ts";
import type { AuditEvent } from "./event.ts";
import { jsonOf, rewrite } from "./rewrite.ts";

/** The tag of an event of which something was left out for want of room. */
export const cutTag = "wandb_cut";
/** The member of its record that says how many keys, or of a text how many characters. */
export const omittedKey = "_omitted";

/** Of an action that is longer than any W&B has, so many bytes stay in the end. */
const shortAction = 27;
/** So many lengths a text is tried in. */
const lengths = 64;

/** An event with less and less in it. */
export interface Cuts {
  /** So many steps there are, one at least. The last leaves the least. */
  readonly steps: number;
  /** What is left after so many of them, from 1: an event under the same uid, its record written anew. */
  after(step: number): AuditEvent;
}

/**
 * What goes first: keys that W&B does not document, the largest first; then the known ones, the largest
 * first, whole values always. Time, action and response code stay; at the very last a long action is cut.
 */
export function cutsOf(event: AuditEvent): Cuts {
  const entry = event.fault === undefined ? parseEntry(Buffer.from(event.raw)) : undefined;
  if (entry === undefined) return { steps: lengths, after: (step) => shorterText(event, step) };
  // What comes next is parsed into the same memory.
  const keys = [...entry.keys];
  const values = [...entry.values];
  const own = { keys, values };
  const order = leaving(own, event);
  return {
    steps: order.length + 1,
    after(step) {
      const gone = new Set(order.slice(0, step));
      const change = (key: string, value: Value) => {
        if (gone.has(key)) return undefined;
        if (step > order.length && key === "action" && value.kind === "string") return shortened(value.text);
        return value;
      };
      const count = gone.size === 0 ? [] : [`"${omittedKey}":${gone.size}`];
      return marked(entryEvent(rewrite(own, change, count), event), event);
    },
  };
}

/** Names of the members that may be left out, in the order in which they are. */
function leaving({ keys, values }: Pick<Entry, "keys" | "values">, event: AuditEvent): readonly string[] {
  const sizes = new Map<string, number>();
  keys.forEach((key, at) => {
    const bytes = Buffer.byteLength(key) + Buffer.byteLength(jsonOf(values[at] as Value));
    sizes.set(key, (sizes.get(key) ?? 0) + bytes);
  });
  const stay = new Set(["action"]);
  if (event.time !== undefined) stay.add("timestamp");
  if (event.code !== undefined) stay.add("response_code");
  const known = (key: string) => knownKeys.includes(key as KnownKey);
  return [...sizes]
    .filter(([key]) => !stay.has(key))
    .sort(([one, a], [other, b]) => Number(known(one)) - Number(known(other)) || b - a)
    .map(([key]) => key);
}

function shortened(action: string): string {
  let kept = "";
  let bytes = 0;
  for (const character of action.toWellFormed()) {
    bytes += Buffer.byteLength(character);
    if (bytes > shortAction) break;
    kept += character;
  }
  return quote(kept);
}

/** Of what cannot be read, the beginning. */
function shorterText(event: AuditEvent, step: number): AuditEvent {
  const { raw } = event;
  const end = Math.floor((raw.length * (lengths - step)) / lengths);
  // Not in the middle of a character.
  const kept = raw.slice(0, end).replace(/[\ud800-\udbff]$/, "");
  const text = `${kept} (${omittedKey}: ${raw.length - kept.length} characters)`;
  return marked(faultEvent(text, event.fault ?? "not_json", event), event);
}

function marked(cut: AuditEvent, { tags, replayId }: AuditEvent): AuditEvent {
  return Object.assign(cut, { tags: [...tags, cutTag] }, replayId === undefined ? {} : { replayId });
}
