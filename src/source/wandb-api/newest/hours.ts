import type { Window } from "../../../record/reading.ts";
import { utcDayOfMs } from "../../../time/clock.ts";
import { agreeingMs } from "../../../time/clock-difference.ts";
import { slotMs } from "../../wandb-log/spread.ts";
import type { Progress } from "../round/progress.ts";
import { dayStart, firstSteady, type ScheduleOptions } from "../round/schedule.ts";
import { hourMs, widthOf } from "./lateness.ts";
import type { Moment, Newest } from "./newest.ts";

/** A part of a day that is asked for; moments are epoch milliseconds of the server's clock. */
export interface HoursRequest extends Window {
  /** Nothing new is expected: it is asked for to see what the server makes of it. */
  readonly trial: boolean;
}

/**
 * The part of the newest days that is enough for the next read; undefined where all that is due has to be
 * read: an hour after that was done last, and whenever anything is not as it was then. `now` is when the read
 * begins.
 */
export function hoursDue(
  { newest, round, watermark, start, server }: Progress,
  now: Moment,
  options: ScheduleOptions,
): HoursRequest | undefined {
  if (newest === undefined || round !== undefined || watermark === undefined) return undefined;
  if (server.answers !== "envelope" || server.startDate !== "honoured" || options.multiTenant)
    return undefined;
  if ((options.owed ?? []).length > 0 || server.decided !== undefined) return undefined;
  if (!isSameTime(newest, now, server.skewMs ?? 0)) return undefined;
  const { trial, last } = newest;
  if (trial !== undefined && now.sentAt <= trial.until)
    return { trial: true, from: trial.from, to: trial.to };
  if (server.subDay !== "honoured" || isWholeDue(newest, now, options)) return undefined;
  const width = widthOf(newest.late, options.lookbackMs);
  if (now.at - last.at > width) return undefined;
  // Whichever clock is right: a Date header that lies must not have us ask for hours to come.
  const earliest = Math.min(last.at, last.sentAt, now.at);
  const from = Math.floor((earliest - width) / slotMs) * slotMs;
  // At the end of a day it may be tomorrow before the server counts.
  const to = dayStart(utcDayOfMs(Math.max(now.at, now.sentAt) + hourMs) + 1);
  return from > dayStart(firstSteady(start, now.at, options)) ? { trial: false, from, to } : undefined;
}

/** Whether clocks are as far apart as they were: what is less than a minute counts for none. */
export function isSameSkew(one: number, other: number): boolean {
  return Math.abs(one - other) <= 2 * agreeingMs;
}

/** Both clocks go on, and are as far apart as they were when everything was read. */
function isSameTime({ whole, last, skewMs }: Newest, now: Moment, skewNowMs: number): boolean {
  const goesOn = now.sentAt >= Math.max(last.sentAt, whole.sentAt) && now.at >= last.at - agreeingMs;
  return goesOn && isSameSkew(skewNowMs, skewMs);
}

/** By our own clock, which no server can hold, or by the number of reads, where that one stands still. */
function isWholeDue({ whole, reads }: Newest, { sentAt }: Moment, { intervalMs }: ScheduleOptions): boolean {
  // Polls may follow each other a tenth sooner than they should.
  const mostReads = Math.ceil((hourMs / intervalMs) * 1.2);
  return sentAt - whole.sentAt >= hourMs || reads >= mostReads;
}

/** The query of a part of a day, without `limit` and `cursor`. */
export function hoursQuery({ from, to }: Window): string {
  const second = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  return `startDate=${second(from)}&endDate=${second(to)}`;
}
