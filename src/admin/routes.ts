import { stalledHops } from "../status/health.ts";
import type { History } from "../status/history.ts";
import type { LetterReport } from "../status/letter-report.ts";
import type { Metrics } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { statusReport, withoutEvents } from "../status/status.ts";
import type { StatusReport } from "../status/status-report.ts";
import { page } from "./page/page.ts";

/** One answer. */
export interface RouteAnswer {
  readonly status: 200 | 400 | 403 | 404 | 500 | 503;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request with this query. */
export type Route = (query: URLSearchParams) => RouteAnswer | Promise<RouteAnswer>;

/** What there is to see, by path. */
export type Routes = Readonly<Record<string, Route>>;

/** However many ask, the state is read once in this time. */
const freshMs = 500;

/**
 * `letters` gives the dead letters for the page; without it anybody may look, and is shown nothing of
 * what events say. `nonce` gives a text that nobody can guess, of base64url characters, another each time
 * (Content Security Policy Level 3 §2.3.1).
 */
export function routes(
  runtime: RuntimeView,
  history: History,
  metrics: Metrics,
  nonce: () => string,
  letters?: () => Promise<readonly LetterReport[]>,
): Routes {
  const { clock } = runtime;
  let kept: { readonly at: number; readonly status: Promise<StatusReport> } | undefined;
  let scrape: { readonly at: number; readonly text: Promise<string> } | undefined;

  async function report(): Promise<StatusReport> {
    const [state, books] = await Promise.all([runtime.spool.state(), runtime.spool.books()]);
    const whole = statusReport(runtime, { state, books }, history);
    return letters === undefined ? withoutEvents(whole) : whole;
  }

  function status(): Promise<StatusReport> {
    const at = clock.monotonic();
    if (kept === undefined || at - kept.at > freshMs) kept = { at, status: report() };
    return kept.status;
  }

  return {
    "/": async () => {
      const once = nonce();
      const policy = `default-src 'none'; style-src 'nonce-${once}'; script-src 'nonce-${once}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
      return {
        status: 200,
        type: "text/html; charset=utf-8",
        body: page(await status(), await letters?.(), once),
        headers: { "content-security-policy": policy },
      };
    },
    "/status": async () => jsonAnswer(200, await status()),
    "/metrics": async () => {
      const at = clock.monotonic();
      if (scrape === undefined || at - scrape.at > freshMs) scrape = { at, text: metrics.text() };
      return { status: 200, type: metrics.contentType, body: await scrape.text };
    },
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

/** A document for programs. */
export function jsonAnswer(status: 200 | 503, value: unknown): RouteAnswer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}
