import { unset } from "../../record/log-days.ts";
import type { Cursor } from "../../record/reading.ts";
import { type Start, startMoment } from "../../schema/start.ts";
import { type HoursRequest, hoursDue } from "./newest/hours.ts";
import { stillKnown } from "./round/learned.ts";
import { type Progress, progressOf, type Round } from "./round/progress.ts";
import { currentRound, nextRequest, type ScheduleOptions, type WindowRequest } from "./round/schedule.ts";
import { isStartChanged } from "./round/start-change.ts";
import { believedAlone } from "./skew.ts";

/** A read on its way: what was known when it began, and what it asks for. Moments are epoch milliseconds. */
export interface Begun {
  readonly progress: Progress;
  readonly round: Round;
  readonly request: WindowRequest;
  readonly options: ScheduleOptions;
  /** When it began by the server's clock, as far as that is known. */
  readonly at: number;
  /** When it began by our own. */
  readonly sentAt: number;
  /** Nothing was known before, or nothing that counts. */
  readonly fresh: boolean;
  /** `start` is another than the one that `progress` follows. It is taken over when this read ends well. */
  readonly startChanged: boolean;
  /** Entries before this moment are left out of this read. */
  readonly since: number;
  /** The part of a day that is asked for in place of `request`. */
  readonly hours?: HoursRequest;
}

/** What is due now. Throws an Error for a cursor that a newer program wrote. */
export function beginRead(
  cursor: Cursor | undefined,
  start: Start,
  sentAt: number,
  options: ScheduleOptions,
): Begun {
  const kept = cursor === undefined ? undefined : progressOf(cursor);
  const at = sentAt + (kept?.server.skewMs ?? 0);
  const fresh = kept === undefined || startsAhead(kept, start, at);
  const known = fresh ? firstProgress(start, at) : kept;
  const startChanged = !fresh && isStartChanged(kept, start);
  const earliest = believedAlone(at - sentAt) ? Math.min(sentAt, at) : at;
  const since = startChanged ? startMoment(start, earliest) : known.start;
  const progress = { ...known, server: stillKnown(known.server, at) };
  const round = currentRound(progress, at, options);
  const request = nextRequest(round, progress.server, at, options) as WindowRequest;
  const hours = fresh || startChanged ? undefined : hoursDue(progress, { at, sentAt }, options);
  const begun = { progress, round, request, options, at, sentAt, fresh, startChanged, since };
  return hours === undefined ? begun : { ...begun, hours };
}

/** Before the first read. `now` is epoch milliseconds. */
export function firstProgress(start: Start, now: number): Progress {
  return { start: startMoment(start, now), wanted: start, counts: {}, server: {} };
}

/** The clock was far ahead when this source was first read: all that happens until then would be left out. */
function startsAhead(progress: Progress, start: Start, now: number): boolean {
  return progress.start > now && typeof start === "object" && "back" in start && !unset(now);
}
