import { dayMs, utcDayOfMs } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import type { Learned } from "./round/progress.ts";
import type { WindowRequest } from "./round/schedule.ts";
import type { Shown } from "./round/shown.ts";
import { believedAlone, clockGap, serverSkew, type Underway } from "./skew.ts";

/** A difference that changes by less is the same, milliseconds. */
const sameMs = 3_600_000;

/** An answer as far as it tells of the time. */
export interface Testimony {
  readonly headers: { readonly date?: string | undefined };
  readonly asked: Underway;
  readonly perDay: Shown["perDay"];
}

/**
 * The server's clock minus ours, as far as it is to be believed. Where the two are days apart the entries
 * decide: of a clock by which they are still to come, or older than anything that was asked for, nothing is
 * believed. Where they leave it open, the same difference is decided as before; undefined when there is none,
 * and then nothing may depend on either clock.
 */
export function witnessedSkew(
  { headers, asked, perDay }: Testimony,
  request: WindowRequest,
  decided: Learned["decided"],
): number | undefined {
  const gap = clockGap(headers.date, asked) ?? 0;
  const skew = serverSkew(headers.date, asked);
  if (skew !== 0 || believedAlone(gap)) return skew;
  const ours = utcDayOfMs(asked.from);
  const theirs = utcDayOfMs(asked.from + gap);
  // An entry of a day that no clock has reached is nobody's witness.
  const days = [...perDay.keys()].filter((day) => day <= Math.max(ours, theirs) + 1);
  const span = request.by === "numDays" ? request.through - request.from + request.wider : undefined;
  const refuted = (today: number) =>
    days.some((day) => day > today + 1 || (span !== undefined && day < today - span - 1));
  const before = decided !== undefined && Math.abs(decided.gap - gap) <= sameMs ? decided.skew : undefined;
  if (refuted(ours) === refuted(theirs)) return before;
  return refuted(ours) ? gap : 0;
}

/** The error while it is open which clock is right. */
export function clocksDisagree({ headers, asked }: Testimony): SourceError {
  const days = Math.round(Math.abs(clockGap(headers.date, asked) ?? 0) / dayMs);
  return new SourceError(
    "clock",
    `the clock of the server and that of this machine are ${days} days apart, and no entry tells which is right`,
    "set both clocks by NTP; what is read is kept, and nothing counts as read until they agree",
    { hold: true },
  );
}
