import type { AuditEvent } from "../event/event.ts";
import { filterRule } from "../event/filter.ts";
import type { ReplayFilter } from "../spool/replay.ts";
import { msOfInstant } from "../time/clock.ts";

/** Whether an event is one that a replay is about. One without a time is not: nobody knows of which day. */
export function chosen({ from, to, actions, users, uids }: ReplayFilter): (event: AuditEvent) => boolean {
  const byAction = actions === undefined ? undefined : filterRule({ actions: [...actions] });
  const people = users === undefined ? undefined : new Set(users.map((user) => user.toLowerCase()));
  const known = uids === undefined ? undefined : new Set(uids);
  return (event) => {
    if (event.time === undefined) return false;
    const at = msOfInstant(event.time);
    if (at < from || at >= to) return false;
    if (known !== undefined && !known.has(event.uid)) return false;
    if (byAction !== undefined && byAction(event) !== undefined) return false;
    return people === undefined || actors(event).some((actor) => people.has(actor.toLowerCase()));
  };
}

function actors({ keys }: AuditEvent): string[] {
  return [keys.actor_user_id, keys.actor_email].filter((each) => each !== undefined);
}
