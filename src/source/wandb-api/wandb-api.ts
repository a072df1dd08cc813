import { httpClient } from "../../net/http/client.ts";
import type { Cursor, ReadDone } from "../../record/reading.ts";
import type { RawRecord } from "../../record/record.ts";
import { scrubber } from "../../secret/scrub.ts";
import { dayText, utcDayOfMs } from "../../time/clock.ts";
import { type Source, type SourceContext, SourceError } from "../source.ts";
import type { Start, WandbApiConfig } from "./config.ts";
import { endpointOf } from "./endpoint.ts";
import { ask as exchange } from "./exchange.ts";
import { originOf } from "./origin.ts";
import { probe } from "./probe.ts";
import { readWindow, type WindowEnd } from "./read-window.ts";
import { advance, type Step } from "./round/advance.ts";
import { cursorOf, type Learned, type Progress, progressOf } from "./round/progress.ts";
import { currentRound, nextRequest, scheduleRound, type WindowRequest } from "./round/schedule.ts";
import { maySetAside, setAside } from "./round/set-aside.ts";
import { serverSkew, skewNotice, unset } from "./skew.ts";

/** Reads the audit log of one W&B server over its API. */
export function wandbApi(config: WandbApiConfig, context: SourceContext): Source {
  const { clock, agent, environment } = context;
  const endpoint = endpointOf(config.url);
  const client = httpClient({
    url: config.url,
    tls: config.tls,
    proxy: config.proxy,
    environment,
    userAgent: `${agent.name}/${agent.version}`,
  });
  const exchangeOptions = {
    client,
    endpoint,
    username: config.username,
    apiKey: config.api_key,
    clock,
    secretReloaded: context.secretReloaded,
  };
  const scheduleOptions = {
    lookbackMs: config.lookback,
    intervalMs: config.poll_interval,
    multiTenant: endpoint.multiTenant,
  };
  const body = { minRate: config.read.min_rate, allowUnframed: config.read.allow_unframed };

  async function* read(
    cursor: Cursor | undefined,
    stop: AbortSignal,
    owed: readonly number[] = [],
  ): AsyncGenerator<readonly RawRecord[], ReadDone> {
    const options = { ...scheduleOptions, owed };
    const sentAt = clock.now();
    const kept = cursor === undefined ? undefined : progressOf(cursor);
    const at = sentAt + (kept?.server.skewMs ?? 0);
    const known = kept === undefined || startsAhead(kept, config.start, at) ? undefined : kept;
    const progress = known ?? firstProgress(config.start, at);
    const round = currentRound(progress, at, options);
    const ask = nextRequest(round, progress.server, at, options) as WindowRequest;
    const window = readWindow({
      query: queryOf(ask, config.anonymize && !endpoint.multiTenant),
      limit: progress.server.limit,
      ask: (query) => exchange(exchangeOptions, query, deadline.signal),
      start: progress.start,
      maxLine: config.read.max_line,
      acceptMalformed: config.read.accept_malformed.some((day) => day >= ask.from && day <= ask.through),
      body,
      clock,
      scrub: scrubber([config.api_key]),
    });
    const over = new AbortController();
    const late = new AbortController();
    const deadline = { signal: AbortSignal.any([stop, late.signal]) };
    clock
      .sleep(config.read.timeout, over.signal)
      .then(() => late.abort(new DOMException("whole read", "TimeoutError")));
    try {
      const end = yield* window;
      return done({ progress, round, ask, end, at, sentAt, fresh: known === undefined });
    } catch (caught) {
      stop.throwIfAborted();
      const error =
        late.signal.aborted && !over.signal.aborted ? wholeReadTimeout(config.read.timeout) : caught;
      const endedAt = at + clock.now() - sentAt;
      const failure = { progress, round, ask, at, endedAt, options };
      if (!(error instanceof SourceError) || !maySetAside(failure, error)) throw error;
      return setAside(failure, error);
    } finally {
      over.abort();
    }
  }

  function done(read: Finished): ReadDone {
    const { progress, round, ask, end, at, sentAt } = read;
    const step = { progress, round, ask, options: scheduleOptions };
    const endedAt = (began: number) => began + clock.now() - sentAt;
    if ("cursorRefused" in end) {
      if (round.restarted) throw end.cursorRefused;
      return nothingYet({ ...progress, round: { ...round, restarted: true } }, at, [
        "the server refused a page's cursor: the window is read again from its first page",
      ]);
    }
    if ("refused" in end)
      return advance({
        ...step,
        at,
        endedAt: endedAt(at),
        outcome: end,
        server: progress.server,
        notices: [],
      });

    const usedSkew = progress.server.skewMs ?? 0;
    const skewMs = serverSkew(end.headers.date, sentAt);
    const serverAt = sentAt + skewMs;
    const notices = skewNotice(usedSkew, skewMs);
    const { limit } = end;
    const server: Learned = { ...progress.server, skewMs, ...(limit !== undefined && { limit }) };
    if (
      utcDayOfMs(serverAt) !== utcDayOfMs(at) &&
      Math.abs(skewMs - usedSkew) > 300_000 &&
      !round.replanned
    ) {
      // The days were chosen by a wrong clock. Choose again before anything counts as covered.
      const again = { ...(read.fresh ? firstProgress(config.start, serverAt) : progress), server };
      const replanned = { ...scheduleRound(again, serverAt, scheduleOptions), replanned: true } as const;
      return nothingYet({ ...again, round: replanned }, serverAt, notices);
    }
    failOnEmptyAnswer(step, end);
    return advance({ ...step, at: serverAt, endedAt: endedAt(serverAt), outcome: end, server, notices });
  }

  return {
    origin: originOf(config),
    read,
    probe: (deadline) => probe({ exchange: exchangeOptions, config, endpoint, environment, clock, deadline }),
    reload() {
      client.reload();
      return config.api_key.reload();
    },
    close: () => client.close(),
  };
}

interface Finished extends Pick<Step, "progress" | "round" | "ask"> {
  readonly end: WindowEnd;
  readonly at: number;
  readonly sentAt: number;
  readonly fresh: boolean;
}

/** The clock was far ahead when this source was first read: all that happens until then would be left out. */
function startsAhead(progress: Progress, start: Start, now: number): boolean {
  return progress.start > now && typeof start === "object" && "back" in start && !unset(now);
}

function firstProgress(start: Start, now: number): Progress {
  const from = start === "now" ? now : "back" in start ? now - start.back : start.at;
  return { start: from, swept: [], counts: {}, server: {} };
}

/** A clean end that covers nothing: what was learned is kept, and the next read goes on at once. */
function nothingYet(progress: Progress, at: number, notices: readonly string[]): ReadDone {
  return { next: cursorOf(progress), caughtUp: false, covered: { from: at, to: at }, gaps: [], notices };
}

function queryOf(ask: WindowRequest, anonymize: boolean): string {
  const window =
    ask.by === "startDate"
      ? `startDate=${dayText(ask.from)}`
      : `numDays=${ask.through - ask.from + ask.wider}`;
  return anonymize ? `${window}&anonymize=true` : window;
}

/** An empty 200 may be a proxy's or a misrouted one. It is believed only where nothing was before. */
function failOnEmptyAnswer(
  { progress, round, ask }: Pick<Step, "progress" | "round" | "ask">,
  end: { total: number; blank: boolean },
): void {
  if (end.total > 0) return;
  const steady = ask.by === "numDays" || ask.from === round.steady;
  const before = Object.entries(progress.counts)
    .filter(([day]) => Number(day) >= ask.from && Number(day) <= ask.through)
    .reduce((sum, [, count]) => sum + count, 0);
  if (!(steady && before > 0) && !(end.blank && progress.server.answers === "envelope")) return;
  throw new SourceError(
    "empty_answer",
    before > 0
      ? `the server shows nothing from ${dayText(ask.from)} on, where ${before} records were before`
      : "the answer is blank where this server sends JSON even for an empty day",
    "check that audit logging is still on, and that nothing between answers in place of W&B; nothing is marked as read",
  );
}

function wholeReadTimeout(timeoutMs: number): SourceError {
  return new SourceError(
    "timeout",
    `the read did not end within ${Math.round(timeoutMs / 1000)} s`,
    "look at the network and at the W&B server's load, or raise read.timeout",
  );
}
