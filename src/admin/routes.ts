import type { ActivityDocument } from "../status/activity-report.ts";
import { stalledHops } from "../status/health.ts";
import type { History } from "../status/history.ts";
import type { LetterRow } from "../status/letter-report.ts";
import type { Metrics } from "../status/metrics.ts";
import { fittingRange, type RangeName, rangeNames, rangeOf, usualRange } from "../status/ranges.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { statusReport } from "../status/status.ts";
import { withoutEvents } from "../status/without-events.ts";
import type { Clock } from "../time/clock.ts";
import { page } from "./page/page.ts";

/** One answer. */
export interface RouteAnswer {
  readonly status: 200 | 400 | 403 | 404 | 500 | 503 | 507;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request with this query. */
export type Route = (query: URLSearchParams) => RouteAnswer | Promise<RouteAnswer>;

/** What there is to see, by path. */
export type Routes = Readonly<Record<string, Route>>;

/** However many ask, the state is read and the page made once in this time, milliseconds. */
const freshMs = 1_000;

/** What is shown only to who may see what events say and who people are. */
export interface Confided {
  readonly letters: () => Promise<readonly LetterRow[]>;
  readonly activity: () => Promise<ActivityDocument>;
}

/**
 * Without `confided` anybody may look, and is shown nothing of what events say. `nonce` gives a text that
 * nobody can guess, of base64url characters, another each time (Content Security Policy Level 3 §2.3.1).
 */
export function routes(
  runtime: RuntimeView,
  history: History,
  metrics: Metrics,
  nonce: () => string,
  confided?: Confided,
): Routes {
  const { clock } = runtime;
  const statusOf = ofRanges(clock, async (range) => {
    const [state, books] = await Promise.all([runtime.spool.state(), runtime.spool.books()]);
    const whole = statusReport(runtime, { state, books }, history, range);
    return confided === undefined ? withoutEvents(whole) : whole;
  });
  const status = () => statusOf(usualRange);
  const scrape = onceInAWhile(clock, () => metrics.text());
  // Only we know it, so nothing in the page can look like it.
  const noncePlace = nonce();
  const wholePage = ofRanges(clock, async (range) =>
    page(await statusOf(range), await confided?.letters(), noncePlace, await confided?.activity()),
  );

  return {
    "/": async (query) => {
      const range = rangeOf(query.get("range")) ?? fittingRange(history.since, clock.now());
      const once = nonce();
      const may = `style-src 'nonce-${once}'; script-src 'nonce-${once}'; connect-src 'self'`;
      return pageAnswer((await wholePage(range)).replaceAll(noncePlace, once), may);
    },
    "/operate": async () => {
      const once = nonce();
      const { operatePage } = await import("./page/operate.ts");
      return pageAnswer(operatePage(runtime.version, once), `style-src 'nonce-${once}'`);
    },
    "/status": async (query) => {
      const asked = query.get("range");
      const range = asked === null ? usualRange : rangeOf(asked);
      return range === undefined ? unknownRange : jsonAnswer(200, await statusOf(range));
    },
    "/metrics": async () => ({ status: 200, type: metrics.contentType, body: await scrape() }),
    "/livez": () => {
      const stalled = stalledHops(runtime);
      return jsonAnswer(stalled.length === 0 ? 200 : 503, { alive: stalled.length === 0, stalled });
    },
    "/readyz": async () => {
      const { ready, not_ready, attention } = await status();
      return jsonAnswer(ready ? 200 : 503, { ready, not_ready, attention });
    },
  };
}

const unknownRange: RouteAnswer = {
  status: 400,
  type: "text/plain; charset=utf-8",
  body: `the query takes range: ${rangeNames.join(", ")}\n`,
};

/** As `onceInAWhile`, for each range. */
function ofRanges<Made>(
  clock: Clock,
  make: (range: RangeName) => Promise<Made>,
): (range: RangeName) => Promise<Made> {
  const kept = new Map<RangeName, () => Promise<Made>>();
  return (range) => {
    const of = kept.get(range) ?? onceInAWhile(clock, () => make(range));
    kept.set(range, of);
    return of();
  };
}

/** A page for people; `may` is what its policy allows. */
export function pageAnswer(body: string, may: string): RouteAnswer {
  const policy = `default-src 'none'; ${may}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const type = "text/html; charset=utf-8";
  return { status: 200, type, body, headers: { "content-security-policy": policy } };
}

/** A document for programs. */
export function jsonAnswer(status: 200 | 503, value: unknown): RouteAnswer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** However many ask, it is made once in `freshMs`; what failed is made again. */
function onceInAWhile<Made>(clock: Clock, make: () => Promise<Made>): () => Promise<Made> {
  let kept: { readonly at: number; readonly made: Promise<Made> } | undefined;
  return () => {
    const at = clock.monotonic();
    if (kept === undefined || at - kept.at > freshMs) {
      const made = make();
      kept = { at, made };
      made.catch(() => {
        kept = undefined;
      });
    }
    return kept.made;
  };
}
