import type { ReadDone } from "../../../record/reading.ts";
import { durationText } from "../../../text/amounts.ts";
import type { SourceError } from "../../source.ts";
import type { SlotCounts, Spread } from "../../wandb-log/spread.ts";
import type { WindowEnd } from "../read-window.ts";
import { learn } from "../round/learned.ts";
import { cursorOf, type Learned, type Progress } from "../round/progress.ts";
import { dayStart, firstSteady, type ScheduleOptions, scheduleRound } from "../round/schedule.ts";
import { leftOutNotices } from "../round/start-change.ts";
import { believedAlone, clockGap, serverSkew } from "../skew.ts";
import { lateOf } from "./after-window.ts";
import { type HoursRequest, isSameSkew } from "./hours.ts";
import { widthOf, withLateness } from "./lateness.ts";
import type { Newest } from "./newest.ts";
import { objection, provesHours } from "./objection.ts";
import { withShown } from "./slots.ts";

/** A read of a part of a day: what was known when it began, by the server's clock and by ours. */
export interface HoursRead {
  readonly progress: Progress;
  readonly hours: HoursRequest;
  readonly options: ScheduleOptions;
  readonly at: number;
  readonly sentAt: number;
}

/** The same, with what there must have been to begin it. */
interface Known extends HoursRead {
  readonly newest: Newest;
  readonly slots: SlotCounts;
}

const allAgain = "everything is read again at once";

/**
 * What follows from the end of a read of a part of a day. What its answer has not shown as it should is read
 * again as a whole, at once.
 */
export function endHours(read: HoursRead, end: WindowEnd, spread: Spread): ReadDone {
  const { progress, hours, at } = read;
  const { newest, slots: before } = progress;
  if ("cursorRefused" in end) return hoursFailed(read, end.cursorRefused);
  if ("refused" in end) return disbelieved(read, `it refuses them: ${end.refused.message}`);
  if (newest === undefined || before === undefined) throw new Error("hours were asked for too early");
  const clockGapMs = clockGap(end.headers.date, end.asked);
  const clock = clockGapMs === undefined ? {} : { clockGapMs };
  const skewMs = serverSkew(end.headers.date, end.asked);
  if (!isSameSkew(skewMs, newest.skewMs) || !believedAlone(clockGapMs ?? 0))
    return { ...(hours.trial ? untried(read) : wholeNext(read, progress.server, [])), ...clock };
  const slots = spread.counts();
  const why = objection(hours, { ...end, slots, outside: spread.outside }, before, at);
  if (why !== undefined) return { ...disbelieved(read, why), ...clock };
  const known = { ...read, newest, slots: before };
  return {
    ...(hours.trial ? tried(known) : shown(known, end.leftOut, slots, read.sentAt + skewMs)),
    ...clock,
  };
}

/**
 * What follows from a read of a part of a day that failed. The whole plan tells whether the server fails, or
 * only this. A server that asks to wait is obeyed before that.
 */
export function hoursFailed(read: HoursRead, error: SourceError): ReadDone {
  const { progress, hours, at } = read;
  const { server } = progress;
  if (hours.trial) return untried(read);
  const reason = `${error.reason}: ${error.message}`;
  return wholeNext(read, learn(server, { subDay: "shown" }, at), [
    `the newest hours alone could not be read: ${reason}; ${allAgain}; ${error.fix}`,
  ]);
}

/** The hours were shown: everything up to now is known, as far as it does not come later than others did. */
function shown(
  { progress, newest, hours, options, at, sentAt, slots: before }: Known,
  leftOut: number,
  slots: SlotCounts,
  serverAt: number,
): ReadDone {
  const { start, server } = progress;
  const proven = provesHours(hours, slots, before);
  const left = Math.max(progress.leftOut ?? 0, leftOut);
  const { trial: _, ...rest } = newest;
  const next: Progress = {
    ...progress,
    watermark: serverAt,
    ...(left > 0 && { leftOut: left }),
    slots: withShown(before, slots, { from: dayStart(firstSteady(start, at, options)), to: at }),
    newest: {
      ...rest,
      last: { at: serverAt, sentAt, from: hours.from },
      reads: newest.reads + 1,
      late: withLateness(newest.late, lateOf(progress, slots, at), at),
    },
    server: proven ? learn(server, { subDay: "honoured" }, at) : server,
  };
  return {
    next: cursorOf(next),
    caughtUp: true,
    covered: { from: Math.max(hours.from, Math.min(start, serverAt)), to: serverAt },
    watermark: serverAt,
    gaps: [],
    notices: leftOutNotices(progress.leftOut, leftOut, start),
  };
}

/** The server has answered for a part of a day as it should. */
function tried(read: Known): ReadDone {
  const { progress, newest, options, at } = read;
  const { server } = progress;
  if (server.subDay !== "shown") return afterTrial(read, learn(server, { subDay: "shown" }, at));
  const width = durationText(widthOf(newest.late, options.lookbackMs) / 1000);
  const done = afterTrial(read, learn(server, { subDay: "honoured" }, at));
  const notice = `the server answers for hours of a day: polls read the newest ${width}, and everything once an hour`;
  return { ...done, notices: [notice] };
}

/** A trial that tells nothing. An hour later it is made again. */
function untried(read: HoursRead): ReadDone {
  const { subDay: _, ...rest } = read.progress.server;
  return { ...afterTrial(read, { ...rest, seen: { ...rest.seen, subDay: read.at } }), partial: true };
}

/** Nothing depends on what a trial shows. What is due is read next, as much as that is by now. */
function afterTrial({ progress, at }: HoursRead, server: Learned): ReadDone {
  const { newest, ...rest } = progress;
  const { trial: _, ...others } = newest ?? {};
  const next = { ...rest, ...(newest !== undefined && { newest: others as Newest }), server };
  return { ...nothing(at), next: cursorOf(next), caughtUp: false };
}

/** The server does not understand hours, or no longer. It is tried again a day later. */
function disbelieved(read: HoursRead, why: string): ReadDone {
  const { progress, hours, at } = read;
  const server = learn(progress.server, { subDay: "ignored" }, at);
  // Of a trial nothing was expected, and its records are known.
  if (hours.trial) return { ...afterTrial(read, server), partial: true };
  return wholeNext(read, server, [
    `the server does not answer for hours of a day any more: ${why}; ${allAgain}`,
  ]);
}

/** What was read since everything was read counts for nothing: the whole plan is next. */
function wholeNext(
  { progress, options, at }: HoursRead,
  server: Learned,
  notices: readonly string[],
): ReadDone {
  const known = { ...progress, server };
  const next = cursorOf({ ...known, round: scheduleRound(known, at, options) });
  return { ...nothing(at), next, caughtUp: false, partial: true, notices };
}

function nothing(at: number): Pick<ReadDone, "covered" | "gaps" | "notices"> {
  return { covered: { from: at, to: at }, gaps: [], notices: [] };
}
