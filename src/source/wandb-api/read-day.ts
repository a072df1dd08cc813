import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { DayDone, DayRequest } from "../../record/reading.ts";
import { dayMs, dayText, utcDayOfMs } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { SourceError } from "../source.ts";
import { failureOf, queryOf, type ReadOptions, windowOptions } from "./read.ts";
import { readWindow, type WindowEnd } from "./read-window.ts";
import { stillKnown } from "./round/learned.ts";
import { type Learned, progressOf } from "./round/progress.ts";
import { dayStart, oneDay, reaching, type WindowRequest } from "./round/schedule.ts";
import { startDateEffect } from "./round/shown.ts";

/**
 * The place of a day that is asked for by `numDays`: the server was seen to ignore `startDate`, which holds
 * for the days after it too; or its answer proved nothing, which the next day's may.
 */
const places = { ignored: "start_date_ignored", unproven: "start_date_unproven" } as const;

/** Days that W&B documents `numDays` for, and the oldest that Multi-tenant Cloud is sure to have. */
const documentedDays = 7;

/** Servers may cut an answer to their last seven days without saying so. */
const unproven = "nothing of this day was shown, and nothing proves that the server reaches back to it";

/** What one answer is seen with. */
interface Asked {
  readonly day: number;
  readonly request: WindowRequest;
  readonly server: Learned;
  /** By the server's clock, epoch milliseconds. */
  readonly at: number;
  readonly multiTenant: boolean;
}

/**
 * One read of one UTC day: by `startDate`, or by `numDays` where the server does not honour that. As
 * `Source.readDay`.
 */
export async function* readDay(
  { config, exchange, schedule }: ReadOptions,
  { day, cursor, place }: DayRequest,
  stop: AbortSignal,
  passages: KnownPassages | undefined,
): AsyncGenerator<Piece, DayDone> {
  const { clock, endpoint } = exchange;
  const { multiTenant } = endpoint;
  const kept = cursor === undefined ? {} : (progressOf(cursor)?.server ?? {});
  const at = clock.now() + (kept.skewMs ?? 0);
  const server = stillKnown(kept, at);
  const ignored = server.startDate === "ignored" || place === places.ignored;
  const single = !ignored && place !== places.unproven;
  const request = single ? oneDay(day) : reaching(day, at, server, schedule);
  if (request.through < day) throw stillToCome(day, at);
  const deadline = deadlineAfter(clock, config.read.timeout, stop);
  try {
    const end = yield* readWindow({
      ...windowOptions(config, exchange, deadline.signal),
      query: queryOf({ request }, config.anonymize && !multiTenant),
      limit: server.limit,
      start: dayStart(day),
      end: dayStart(day + 1),
      passages,
      acceptMalformed: config.read.accept_malformed.includes(day),
    });
    const done = dayDone(end, { day, request, server, at, multiTenant });
    return ignored ? { ...done, place: places.ignored } : done;
  } catch (caught) {
    stop.throwIfAborted();
    throw failureOf(caught, deadline.signal.aborted, config.read.timeout);
  } finally {
    deadline.clear();
  }
}

/** What the answer means for the day. Throws SourceError where it is worth another try. */
function dayDone(end: WindowEnd, asked: Asked): DayDone {
  const { day, request, server, at, multiTenant } = asked;
  const old = utcDayOfMs(at) - day > documentedDays;
  if ("cursorRefused" in end) throw end.cursorRefused;
  if ("refused" in end) return refused(end.refused, asked, old);
  if (end.blank && server.answers === "envelope") throw blank();
  if (request.by === "startDate") {
    const effect = startDateEffect(request, end, server, at);
    if (effect === "elsewhere" && server.startDate === "honoured")
      return gap("the server does not reach back to this day");
    if (effect !== "honoured")
      return { whole: false, place: effect === "ignored" ? places.ignored : places.unproven };
  } else {
    const from = Math.max(request.from, Math.ceil((end.range?.from ?? 0) / dayMs));
    if (from > day) return gap(outOfReach(utcDayOfMs(at) - from));
    if (old && end.range === undefined && !end.perDay.has(day)) return gap(unproven);
  }
  const doubtful = multiTenant && old && end.total === 0;
  return doubtful ? gap("came back empty; Multi-tenant Cloud may no longer hold it") : whole(asked, end);
}

/** The server does not take the request as it is. */
function refused(refusal: SourceError, { request, server, at }: Asked, old: boolean): DayDone {
  if (request.by === "startDate") {
    if (server.startDate !== "honoured") return { whole: false, place: places.unproven };
    if (old) return gap(refusal.message);
  } else if (old)
    return gap(outOfReach(Math.min(server.maxDays ?? documentedDays, utcDayOfMs(at) - request.from)));
  throw refusal;
}

/** A day that `numDays` shows and `startDate` did not: the days after it are asked for in the same way. */
function whole(
  { request, day }: Asked,
  { perDay }: { readonly perDay: ReadonlyMap<number, number> },
): DayDone {
  const ignored = request.by === "numDays" && perDay.has(day);
  return { whole: true, ...(ignored && { place: places.ignored }) };
}

function gap(reason: string): DayDone {
  return { whole: true, gap: reason };
}

function outOfReach(days: number): string {
  return `the server gives at most ${days} days back and does not answer for single older days`;
}

/** A clock that was wrong when the cursor was written, and is right now. */
function stillToCome(day: number, at: number): SourceError {
  return new SourceError(
    "clock",
    `${dayText(day)} is still to come by the clock that was believed when this source was read last: it says ${dayText(utcDayOfMs(at))} now`,
    "set the clocks of this machine and of the W&B server by NTP; the next poll finds out which is right, and the day is read again",
  );
}

function blank(): SourceError {
  return new SourceError(
    "empty_answer",
    "the answer is blank where this server sends JSON even for an empty day",
    "check that nothing between answers in place of W&B; nothing is marked as read",
  );
}
