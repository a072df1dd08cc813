import type { AuditEvent } from "../event/event.ts";

/** The tag of what a replay sends again. */
const replayTag = "wandb_replay";

/** The tags that every format shows of an event, in the order of docs/mapping.md §1. */
export function shownTags({ tags, replayId }: AuditEvent): readonly string[] {
  return replayId === undefined ? tags : [...tags, replayTag];
}
