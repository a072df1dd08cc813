import type { ActionRow, ActionSpec, CimSpec } from "./action-spec.ts";
import { actionTable } from "./action-table.ts";
import { fallbackRow } from "./fallback.ts";
import { lastMemo, memo } from "./memo.ts";
import { ownActions } from "./own-actions.ts";

const longestName = 256;

const knownActions: ReadonlyMap<string, ActionSpec> = new Map(
  [...actionTable, ...ownActions].map((row) => [row.action, specOf(row, true)]),
);

/** What W&B documents, and what this program tells of itself. */
export const knownActionNames: readonly string[] = [...knownActions.keys()];

/** The spec of an action, in whatever case it is written. */
export const actionSpec: (action: string) => ActionSpec = lastMemo(
  memo((action) => {
    const lowered = action.toLowerCase();
    return knownActions.get(lowered) ?? specOf(fallbackRow(lowered), false);
  }),
);

function specOf(row: Omit<ActionRow, "cim"> & { cim: CimSpec | undefined }, known: boolean): ActionSpec {
  const { action, name, objectType, category, type, severity, cim, ocsf } = row;
  return { known, name, objectType, category, type, severity, eventName: eventName(action), cim, ocsf };
}

function eventName(action: string): string {
  const colon = action.indexOf(":");
  const noun = colon === -1 ? "unknown" : action.slice(0, colon);
  return `wandb.audit.${nameSafe(noun)}.${nameSafe(action.slice(colon + 1))}`.slice(0, longestName);
}

/** As much of it as a name can have. A character may be two units, and is one in the name. */
function nameSafe(text: string): string {
  return text.slice(0, 2 * longestName).replace(/[^a-z0-9_]/gu, "_");
}
