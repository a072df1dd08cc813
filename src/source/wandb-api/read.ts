import { ProxyFault } from "../../net/http/proxy-fault.ts";
import { NotReached } from "../../net/in-time.ts";
import type { KnownPassages, Piece } from "../../record/passage.ts";
import type { Cursor, ReadDone } from "../../record/reading.ts";
import { scrubber } from "../../secret/scrub.ts";
import { dayText } from "../../time/clock.ts";
import { deadlineAfter } from "../../time/deadline.ts";
import { SourceError } from "../source.ts";
import { Entities } from "../wandb-log/entities.ts";
import { Spread } from "../wandb-log/spread.ts";
import { type Begun, beginRead } from "./begin-read.ts";
import type { WandbApiConfig } from "./config.ts";
import { endRead } from "./end-read.ts";
import { type ExchangeOptions, requestLog, secretsOf } from "./exchange.ts";
import { endHours, hoursFailed } from "./newest/end-hours.ts";
import { hoursQuery } from "./newest/hours.ts";
import { readWindow, type WindowEnd, type WindowOptions } from "./read-window.ts";
import { dayStart, type ScheduleOptions, type WindowRequest } from "./round/schedule.ts";
import { maySetAside, setAside } from "./round/set-aside.ts";

/** What every read of a source is made with. */
export interface ReadOptions {
  readonly config: WandbApiConfig;
  readonly exchange: ExchangeOptions;
  readonly schedule: ScheduleOptions;
}

/**
 * One read: asks for what is due, shows its records, and tells where the next one starts. As `Source.read`
 * promises.
 */
export async function* read(
  { config, exchange, schedule }: ReadOptions,
  cursor: Cursor | undefined,
  stop: AbortSignal,
  owed: readonly number[],
  passages?: KnownPassages,
): AsyncGenerator<Piece, ReadDone> {
  const { clock, endpoint } = exchange;
  const begun = beginRead(cursor, config.start, clock.now(), { ...schedule, owed });
  const entities = endpoint.multiTenant ? new Entities() : undefined;
  const spread = spreadOf(begun);
  const deadline = deadlineAfter(clock, config.read.timeout, stop);
  try {
    const end = yield* readWindow({
      ...windowOptions(config, exchange, deadline.signal),
      query: queryOf(begun, config.anonymize && !endpoint.multiTenant),
      limit: begun.progress.server.limit,
      start: begun.since,
      entities,
      spread,
      passages,
      keptBefore: begun.progress.keptBefore,
      acceptMalformed: config.read.accept_malformed.some((day) => asksFor(begun, day)),
    });
    const { hours } = begun;
    if (hours !== undefined && spread !== undefined) return endHours({ ...begun, hours }, end, spread);
    return endRead(begun, withSlots(end, spread), config.start, clock.now(), entities?.digests());
  } catch (caught) {
    stop.throwIfAborted();
    const error = failureOf(caught, deadline.signal.aborted, config.read.timeout);
    const failure = { ...begun, endedAt: begun.at + clock.now() - begun.sentAt };
    if (!(error instanceof SourceError)) throw error;
    const { hours } = begun;
    if (hours !== undefined && error.retryAfterMs === undefined)
      return hoursFailed({ ...begun, hours }, error);
    if (hours !== undefined || !maySetAside(failure, error)) throw error;
    return setAside(failure, error);
  } finally {
    deadline.clear();
  }
}

/** How windows of this source are read, whichever they are. */
export function windowOptions(
  config: WandbApiConfig,
  exchange: ExchangeOptions,
  deadline: AbortSignal,
): Pick<WindowOptions, "request" | "maxLine" | "body" | "clock" | "scrub"> {
  return {
    request: (query) => requestLog(exchange, query, deadline),
    maxLine: config.read.max_line,
    body: { minRate: config.read.min_rate, allowUnframed: config.read.allow_unframed },
    clock: exchange.clock,
    scrub: scrubber(secretsOf(exchange)),
  };
}

/** The query of a window, without `limit` and `cursor`. */
export function queryOf({ hours, request }: Pick<Begun, "hours" | "request">, anonymize: boolean): string {
  const window = hours === undefined ? daysQuery(request) : hoursQuery(hours);
  return anonymize ? `${window}&anonymize=true` : window;
}

function daysQuery({ by, from, through, wider }: WindowRequest): string {
  return by === "startDate" ? `startDate=${dayText(from)}` : `numDays=${through - from + wider}`;
}

/** Whether anything of a UTC day is asked for. */
function asksFor({ hours, request }: Begun, day: number): boolean {
  if (hours !== undefined) return dayStart(day + 1) > hours.from && dayStart(day) < hours.to;
  return day >= request.from && day <= request.through;
}

/** Counts what is shown of hours, or of one day, so that later answers can be compared with it. */
function spreadOf({ hours, request }: Begun): Spread | undefined {
  if (hours !== undefined) return new Spread(hours);
  if (request.by !== "startDate") return undefined;
  return new Spread({ from: dayStart(request.from), to: dayStart(request.from + 1) });
}

function withSlots(end: WindowEnd, spread: Spread | undefined): WindowEnd {
  return spread === undefined || "refused" in end || "cursorRefused" in end
    ? end
    : { ...end, slots: spread.counts() };
}

/** What a read failed with; where its time was up, that, unless the error says what was waited for. */
export function failureOf(caught: unknown, late: boolean, timeoutMs: number): unknown {
  return late && !saysWhere(caught) ? wholeReadTimeout(timeoutMs) : caught;
}

/** The time ran out before there was a connection, and the error says what was waited for. */
function saysWhere(error: unknown): boolean {
  if (!(error instanceof SourceError)) return false;
  return error.cause instanceof NotReached || error.cause instanceof ProxyFault;
}

function wholeReadTimeout(timeoutMs: number): SourceError {
  return new SourceError(
    "timeout",
    `the read did not end within ${Math.round(timeoutMs / 1000)} s`,
    "look at the network and at the W&B server's load, or raise read.timeout",
  );
}
