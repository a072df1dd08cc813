import type { Replay } from "../spool/replay.ts";
import { type BackfillStatus, backfillStatus } from "./backfill-status.ts";

/**
 * A replay as people and programs see it; times as ISO 8601. Of whom and which events it is about it says no
 * more than how many were named.
 */
export interface ReplayStatus {
  readonly output: string;
  readonly id: string;
  readonly state: Replay["state"];
  readonly from: string;
  /** The first moment that is not wanted. */
  readonly to: string;
  readonly actions: readonly string[];
  readonly users: number;
  readonly uids: number;
  readonly events_per_second: number;
  /** Records of the spool to be looked through, wanted or not, and those of them that are left. */
  readonly records: number;
  readonly records_left: number;
  /** The days that are read from sources for it, and how many records that these showed wait to be sent. */
  readonly reading: readonly BackfillStatus[];
  readonly waiting: number;
  readonly sent: number;
  readonly refused: number;
  /** Records that had to be removed before it came to them. */
  readonly removed: number;
  readonly began: string;
  readonly changed: string;
  /** Why it stopped; null when it did not. */
  readonly trouble: string | null;
}

/** What is shown of a replay. */
export function replayStatus(replay: Replay): ReplayStatus {
  const { output, id, state, filter, perSecond, firstSeq, nextSeq, through, sent, refused, removed } = replay;
  const { actions = [], users = [], uids = [] } = filter;
  const { days = [] } = replay;
  return {
    ...{ output, id, state },
    from: new Date(filter.from).toISOString(),
    to: new Date(filter.to).toISOString(),
    ...{ actions, users: users.length, uids: uids.length },
    events_per_second: perSecond,
    records: through - firstSeq + 1,
    records_left: through - nextSeq + 1,
    reading: days.map((each) => backfillStatus(each)),
    waiting: replay.waiting ?? 0,
    ...{ sent, refused, removed },
    began: new Date(replay.began).toISOString(),
    changed: new Date(replay.changed).toISOString(),
    trouble: replay.trouble ?? null,
  };
}
