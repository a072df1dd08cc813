import type { Started } from "../record/reading.ts";
import type { SourceState } from "../spool/spool-state.ts";
import { clockText, counted } from "../text/amounts.ts";
import type { SourceHop } from "./runtime-view.ts";

/** What `start` means, as `/status` shows it; times as ISO 8601 UTC. */
export interface StartStatus {
  /** Records are wanted from here on; null before the first read. */
  readonly start: string | null;
  /** Older records that it has shown. */
  readonly left_out: number;
  /** Wanted since `start` was set earlier, and not read. */
  readonly unread: { readonly from: string; readonly to: string } | null;
}

/** What a source's `start` means by now; undefined before its first read. */
export function startedIn(hop: SourceHop, state: SourceState | undefined): Started | undefined {
  return state?.cursor === undefined ? undefined : hop.started(state.cursor);
}

/** The same for `/status`. */
export function startStatus(hop: SourceHop, state: SourceState | undefined): StartStatus {
  const known = startedIn(hop, state);
  if (known === undefined) return { start: null, left_out: 0, unread: null };
  const { since, leftOut, unread } = known;
  return {
    start: iso(since),
    left_out: leftOut,
    unread: unread === undefined ? null : { from: iso(unread.from), to: iso(unread.to) },
  };
}

/** `1,234 records before start (2026-08-01 12:00) are left out`; undefined when there are none. */
export function leftOutText({
  start,
  left_out: count,
}: Pick<StartStatus, "start" | "left_out">): string | undefined {
  if (count === 0 || start === null) return undefined;
  return `${counted(count, "record")} before start (${clockText(start)}) ${count === 1 ? "is" : "are"} left out`;
}

/** `not read: 2026-07-01 00:00 to 2026-08-01 12:00, wanted since ...`; undefined when there is nothing. */
export function unreadText(unread: StartStatus["unread"]): string | undefined {
  if (unread === null) return undefined;
  return `not read: ${clockText(unread.from)} to ${clockText(unread.to)}, wanted since start was set earlier`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
