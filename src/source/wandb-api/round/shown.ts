import type { Window } from "../../../record/reading.ts";
import { dayMs, utcDayOfMs } from "../../../time/clock.ts";
import { agreeingMs } from "../../../time/clock-difference.ts";
import type { SlotCounts } from "../../wandb-log/spread.ts";
import type { Learned } from "./progress.ts";
import type { WindowRequest } from "./schedule.ts";

/** What a request series showed, after its clean end. */
export interface Shown {
  readonly answers: "ndjson" | "envelope";
  /** Entries, unreadable ones included. */
  readonly total: number;
  /** Of these, those that `start` leaves out. */
  readonly leftOut: number;
  /** Entries with a time, by their own UTC day. */
  readonly perDay: ReadonlyMap<number, number>;
  /** The range the server says it covered (envelope only). */
  readonly range?: Window;
  /** Entries every ten minutes of the day that was asked for, where that was one. */
  readonly slots?: SlotCounts;
}

/**
 * honoured   the answer is the asked day, proven by its entries or by the range it names
 * ignored    the server answers about other days whatever `startDate` says
 * elsewhere  the server names a range without the asked day: it does not reach so far back
 * unproven   nothing can be told from the answer
 */
export type StartDateEffect = "honoured" | "ignored" | "elsewhere" | "unproven";

/** What an answer to `startDate` shows of the server, whatever version it says it is. */
export function startDateEffect(
  request: WindowRequest,
  shown: Shown,
  server: Learned,
  at: number,
): StartDateEffect {
  const day = request.from;
  const today = utcDayOfMs(at);
  const effect = effectOn(request, shown, server, today);
  // Where the day has just begun here, it may not have there.
  return effect === "ignored" && justBegun(day, at) ? "unproven" : effect;
}

/** Clocks that agree may be so far apart that the day has not begun for the server. */
export function justBegun(day: number, at: number): boolean {
  return utcDayOfMs(at - agreeingMs) < day;
}

function effectOn(request: WindowRequest, shown: Shown, server: Learned, today: number): StartDateEffect {
  const day = request.from;
  const old = today - day > 7;
  if (shown.range !== undefined) {
    const covers = shown.range.from <= day * dayMs && shown.range.to >= Math.min(day + 1, today) * dayMs;
    if (covers && shown.range.from > (day - 1) * dayMs) return "honoured";
    return old ? "elsewhere" : "ignored";
  }
  const inside = shown.perDay.get(day) ?? 0;
  let dated = 0;
  for (const count of shown.perDay.values()) dated += count;
  const outside = dated - inside;
  if (inside === 0 && outside > 0) return "ignored";
  if (server.startDate === "honoured") return "honoured";
  // A server that ignores startDate shows today.
  return inside > 0 && outside === 0 && day !== today ? "honoured" : "unproven";
}

/** How far back an answer reaches. */
export interface WindowReach {
  /** The first day of it. */
  readonly from: number;
  /** What to remember of an answer that looks cut. */
  readonly cut?: Learned["cut"];
  /** Whether it was cut, or the log begins there, is open. */
  readonly open?: true;
}

/**
 * How far back an answer to `numDays` really reaches: servers may shorten the window without saying so.
 * `before`: when an answer looked cut before.
 */
export function reachedBack(request: WindowRequest, shown: Shown, before: Learned["cut"]): WindowReach {
  const { from: asked, through } = request;
  if (shown.range !== undefined) return { from: Math.max(asked, Math.ceil(shown.range.from / dayMs)) };
  if (through - asked <= 7) return { from: asked, ...(before && { cut: before }) };
  const earliest = earliestDay(shown);
  // Seven days and today, or seven with today: how a window cut to seven days looks (API documentation of
  // 2025).
  if (earliest !== through - 7 && earliest !== through - 6) return { from: asked };
  if (before === undefined || before.on >= through)
    return { from: earliest, cut: before ?? { first: earliest, on: through }, open: true };
  // A cut goes along with today. Where a log begins stays.
  return earliest > before.first ? { from: earliest, cut: before } : { from: asked };
}

/** The first UTC day that an entry was shown of. */
export function earliestDay({ perDay }: Shown): number | undefined {
  let earliest: number | undefined;
  for (const day of perDay.keys()) if (earliest === undefined || day < earliest) earliest = day;
  return earliest;
}
