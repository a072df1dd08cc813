import type { Started, Window } from "../../../record/reading.ts";
import { type Start, sameStart, startMoment } from "../../../schema/start.ts";
import { counted } from "../../../text/amounts.ts";
import type { Progress } from "./progress.ts";
import { dayStart, firstSteady, type ScheduleOptions, steadyReached } from "./schedule.ts";

/** What brings records that an earlier `start` wants and that were not read. */
const wayBack =
  "a larger lookback, at most 7d, brings those of the last days, and backfill any others, marked as late. Where they are not wanted, set start back";

/** Whether `start` says something else than what `progress` follows. */
export function isStartChanged(progress: Progress, start: Start): boolean {
  // A memory without what was configured tells a moment, and no duration.
  const { wanted = typeof start === "object" && "at" in start ? { at: progress.start } : start } = progress;
  return !sameStart(wanted, start);
}

/** What is known once another `start` is followed, and what to tell a person. */
export interface StartChange {
  readonly progress: Progress;
  readonly notices: readonly string[];
}

/** The moments of a change of `start`, epoch milliseconds. */
export interface ChangedAt {
  /** By the earlier of two clocks: nothing is left out for the sake of the later. */
  readonly earliest: number;
  /** By the server's. */
  readonly now: number;
}

/**
 * Follows another `start`. A later one leaves out what was not read yet. An earlier one lets in what is read
 * from now on; what was read through already is not read once more for it.
 */
export function changeStart(
  progress: Progress,
  start: Start,
  { earliest, now }: ChangedAt,
  options: ScheduleOptions,
): StartChange {
  const since = startMoment(start, earliest);
  const { start: before, watermark } = progress;
  if (since === before) return { progress: { ...progress, wanted: start }, notices: [] };
  const change = `start is ${since > before ? "later" : "earlier"} now: ${iso(since)}, before ${iso(before)}`;
  if (since > before) {
    const { memory, text } = later(progress, since, now);
    return { progress: following(progress, start, since, memory), notices: [`${change}; ${text}`] };
  }
  if (watermark === undefined) {
    // In the middle of a first round everything is still to be read.
    const { round: _, ...anew } = following(progress, start, since, {});
    return { progress: anew, notices: [`${change}; ${allRead}`] };
  }
  const memory = earlier(progress, since, dayStart(firstSteady(since, now, options)));
  const text = memory.unread === undefined ? allRead : staysOut(memory.unread);
  return { progress: following(progress, start, since, memory), notices: [`${change}; ${text}`] };
}

const allRead = "all since then is read";

/** What depends on `start`. */
type Memory = Pick<Progress, "leftOut" | "keptBefore" | "unread">;

function following(progress: Progress, wanted: Start, start: number, memory: Memory): Progress {
  const { leftOut: _, keptBefore: __, unread: ___, ...rest } = progress;
  return { ...rest, start, wanted, ...memory };
}

function later(
  { start, round, watermark, leftOut, keptBefore, unread }: Progress,
  since: number,
  now: number,
): { readonly memory: Memory; readonly text: string } {
  const reached = steadyReached(round, now) ?? watermark;
  const [owed] = (round?.missed ?? []).map(dayStart).filter((from) => from < since);
  const from = Math.min(owed ?? since, reached ?? start);
  const left = unread && spanOf(Math.max(unread.from, since), unread.to);
  const kept = spanOf(keptBefore?.from ?? start, reached ?? start);
  const whole = keptBefore === undefined || (keptBefore.whole && keptBefore.to >= start);
  return {
    memory: {
      ...(leftOut !== undefined && { leftOut }),
      ...(kept && { keptBefore: { ...kept, whole: owed === undefined && whole } }),
      ...(left && { unread: left }),
    },
    text:
      from < since
        ? `what is older and was not read yet, from ${iso(from)} on, is left out`
        : "what is older and was not read yet is left out",
  };
}

/** `reached`: what is read again from now on begins there. */
function earlier({ start, keptBefore, unread }: Progress, since: number, reached: number): Memory {
  const known = keptBefore !== undefined && keptBefore.from <= since;
  const from = known && keptBefore.whole ? Math.max(since, keptBefore.to) : since;
  const left = spanOf(from, Math.min(unread?.to ?? start, reached));
  return {
    ...(keptBefore !== undefined && keptBefore.from < since && { keptBefore }),
    ...(left !== undefined && { unread: left }),
  };
}

/** What of `unread` is left when everything from `from` on has been read. */
export function unreadBefore(unread: Window | undefined, from: number): Window | undefined {
  return unread === undefined ? undefined : spanOf(unread.from, Math.min(unread.to, from));
}

/** What `start` leaves out, where an answer shows it for the first time. */
export function leftOutNotices(before: number | undefined, now: number, start: number): string[] {
  return (before ?? 0) === 0 && now > 0
    ? [`${counted(now, "record")} before start (${iso(start)}) ${now === 1 ? "is" : "are"} left out`]
    : [];
}

/** What `start` means to whoever remembers this. */
export function startedOf({ start, leftOut = 0, unread }: Progress): Started {
  return { since: start, leftOut, ...(unread !== undefined && { unread: { ...unread, fix: wayBack } }) };
}

function staysOut({ from, to }: Window): string {
  return `what lies between ${iso(from)} and ${iso(to)} was left out before and is not read by itself: ${wayBack}`;
}

function spanOf(from: number, to: number): Window | undefined {
  return from < to ? { from, to } : undefined;
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
