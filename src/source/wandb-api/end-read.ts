import { unset } from "../../record/log-days.ts";
import type { ReadDone, Window } from "../../record/reading.ts";
import type { Start } from "../../schema/start.ts";
import { dayMs, dayText, utcDayOfMs } from "../../time/clock.ts";
import { agreeingMs } from "../../time/clock-difference.ts";
import { SourceError } from "../source.ts";
import { type Begun, firstProgress } from "./begin-read.ts";
import type { WindowEnd } from "./read-window.ts";
import { advance } from "./round/advance.ts";
import { learn } from "./round/learned.ts";
import { afterSeeing, otherOrganization } from "./round/organization.ts";
import { cursorOf, type Learned, type Progress } from "./round/progress.ts";
import { dayStart, scheduleRound, type WindowRequest } from "./round/schedule.ts";
import { startDateEffect } from "./round/shown.ts";
import { type ChangedAt, changeStart } from "./round/start-change.ts";
import { believedAlone, clockGap } from "./skew.ts";
import { clocksDisagree, witnessedSkew } from "./witnesses.ts";

/** With clocks further apart than this, the days that were asked for may be the wrong ones. */
const wrongClockMs = 300_000;
/** An answer may cover what is still to come, of today and of the days after a `startDate`. */
const longestRangeAheadMs = 8 * dayMs;

type Answer = Exclude<WindowEnd, { refused: SourceError } | { cursorRefused: SourceError }>;

/**
 * What follows from how a window ended: what is known now, and where the next read starts. `now` is our clock
 * at the end, epoch milliseconds. Throws SourceError when nothing else is left to try, or when an empty
 * answer cannot be believed.
 */
export function endRead(
  begun: Begun,
  end: WindowEnd,
  start: Start,
  now: number,
  entities: readonly string[] = [],
): ReadDone {
  if ("cursorRefused" in end) return againFromFirstPage(begun, end.cursorRefused);
  const { progress, round, request, options, at } = begun;
  const step = { progress, round, request, options };
  const elapsed = now - begun.sentAt;
  if ("refused" in end)
    return advance({
      ...step,
      at,
      endedAt: at + elapsed,
      outcome: end,
      server: progress.server,
      notices: [],
    });
  const clockGapMs = clockGap(end.headers.date, end.asked);
  const clock = clockGapMs === undefined ? {} : { clockGapMs };
  const usedSkew = at - begun.sentAt;
  const skewMs = witnessedSkew(end, request, progress.server.decided);
  if (skewMs === undefined) return undecided(begun, end, start, clockGapMs ?? 0);
  const serverAt = begun.sentAt + skewMs;
  const { limit } = end;
  const { decided: _, ...others } = progress.server;
  const apart = clockGapMs !== undefined && !believedAlone(clockGapMs);
  const decided = apart && { decided: { gap: clockGapMs, skew: skewMs } };
  const organization = afterSeeing(progress.server.organization, entities, serverAt);
  const skewed: Learned = { ...others, skewMs, ...decided, ...(organization && { organization }) };
  const doubt = otherOrganization(organization);
  const server =
    limit === undefined || limit === progress.server.limit ? skewed : learn(skewed, { limit }, serverAt);
  const wrongDays = utcDayOfMs(serverAt) !== utcDayOfMs(at) && Math.abs(skewMs - usedSkew) > wrongClockMs;
  // Up to two days either clock may be the wrong one: nothing is left out for the sake of the later.
  const earliest = believedAlone(skewMs) ? Math.min(begun.sentAt, serverAt) : serverAt;
  if (begun.startChanged)
    return { ...otherStart(begun, start, server, { earliest, now: serverAt }), ...clock };
  const known = begun.fresh ? firstProgress(start, earliest) : progress;
  // Once in a round, and once more where the clocks agree again: nothing can be read by what was.
  const mayChooseAgain = !round.replanned || believedAlone(clockGapMs ?? 0);
  if ((wrongDays || known.start < progress.start) && mayChooseAgain)
    return { ...otherDays({ ...known, server }, serverAt, options), ...clock };
  failOnEmptyAnswer(begun, end);
  const endedAt = serverAt + elapsed;
  failOnImpossibleRange(request, end.range, serverTimes(serverAt, begun.sentAt + (clockGapMs ?? 0), elapsed));
  const done = advance({ ...step, at: serverAt, endedAt, outcome: end, server, notices: [] });
  return { ...done, ...clock, ...(doubt && { otherOrganization: doubt }) };
}

/** Once in a round the server may refuse the cursor of a page that it gave itself. */
function againFromFirstPage({ progress, round, at }: Begun, refusal: SourceError): ReadDone {
  if (round.restarted) throw refusal;
  const again = nothingYet({ ...progress, round: { ...round, restarted: true } }, at, [
    "the server refused a page's cursor: the window is read again from its first page",
  ]);
  return { ...again, partial: true };
}

/**
 * It is open which clock is right, and nothing may follow from this read. Only where it was the first is it
 * kept, by the earlier clock, since when nothing may be left out.
 */
function undecided(begun: Begun, answer: Answer, start: Start, gap: number): ReadDone {
  const { sentAt, progress, round, request } = begun;
  if (!begun.fresh && request.by === "startDate" && !round.witness)
    return nothingYet({ ...progress, round: { ...round, witness: true } }, sentAt, []);
  if (!begun.fresh) throw clocksDisagree(answer);
  const earliest = [sentAt, sentAt + gap].filter((moment) => !unset(moment));
  const known = firstProgress(start, earliest.length === 0 ? sentAt : Math.min(...earliest));
  return nothingYet(known, sentAt, []);
}

/** The days were chosen by a wrong clock. They are chosen again before anything counts as covered. */
function otherDays(known: Progress, serverAt: number, options: Begun["options"]): ReadDone {
  const round = { ...scheduleRound(known, serverAt, options), replanned: true } as const;
  return nothingYet({ ...known, round }, serverAt, []);
}

/** The days are chosen again for another `start`; the records of this read are kept. */
function otherStart(begun: Begun, start: Start, server: Learned, at: ChangedAt): ReadDone {
  const { options } = begun;
  const { progress, notices } = changeStart(begun.progress, start, at, options);
  const known = { ...progress, server };
  const next = { ...known, round: scheduleRound(known, at.now, options) };
  return { ...nothingYet(next, at.now, notices), since: known.start };
}

/** A clean end that covers nothing: what was learned is kept, and the next read goes on at once. */
function nothingYet(progress: Progress, at: number, notices: readonly string[]): ReadDone {
  return { next: cursorOf(progress), caughtUp: false, covered: { from: at, to: at }, gaps: [], notices };
}

/** What time it may be for the server when its answer ends, whichever clock is right. */
interface ServerTimes {
  readonly earliest: number;
  readonly latest: number;
}

function serverTimes(believed: number, said: number, elapsed: number): ServerTimes {
  return { earliest: Math.min(believed, said), latest: Math.max(believed, said) + elapsed };
}

/** A range that cannot be would decide which days count as read, and how far back is asked from now on. */
function failOnImpossibleRange(
  { by, through }: WindowRequest,
  range: Window | undefined,
  { earliest, latest }: ServerTimes,
): void {
  if (range === undefined) return;
  const { from, to } = range;
  // A server asked for a day that it holds no more may name what is left of it: less than nothing.
  const cannotBe = by === "numDays" && (from > to || to < Math.min(dayStart(through), earliest - dayMs));
  if (from <= latest + agreeingMs && to <= latest + longestRangeAheadMs && !cannotBe) return;
  throw new SourceError(
    "impossible_range",
    `the server says that its answer covers ${new Date(from).toISOString()} to ${new Date(to).toISOString()}, which cannot be what was asked for`,
    "it is read again; if it stays, look at the clock of the W&B server, and report it to W&B support",
  );
}

/** An empty 200 may be a proxy's or a misrouted one. It is believed only where nothing was before. */
function failOnEmptyAnswer({ progress, round, request, at }: Begun, answer: Answer): void {
  if (answer.total > 0) return;
  const { from, through } = request;
  // What is not proven to be the asked day counts for nothing anyway.
  const proven = () => startDateEffect(request, answer, progress.server, at) === "honoured";
  const steady = request.by === "numDays" || (from === round.steady && proven());
  const before = Object.entries(progress.counts)
    .filter(([day]) => Number(day) >= from && Number(day) <= through)
    .reduce((sum, [, count]) => sum + count, 0);
  if (!(steady && before > 0) && !(answer.blank && progress.server.answers === "envelope")) return;
  throw new SourceError(
    "empty_answer",
    before > 0
      ? `the server shows nothing from ${dayText(from)} on, where ${before} ${before === 1 ? "record was" : "records were"} before`
      : "the answer is blank where this server sends JSON even for an empty day",
    "check that audit logging is still on, and that nothing between answers in place of W&B; nothing is marked as read",
  );
}
