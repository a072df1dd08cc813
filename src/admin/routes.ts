import { stalledHops } from "../status/health.ts";
import type { History } from "../status/history.ts";
import type { Metrics } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { statusReport } from "../status/status.ts";
import type { StatusReport } from "../status/status-report.ts";
import { page } from "./page/page.ts";

/** One answer. */
export interface RouteAnswer {
  readonly status: 200 | 404 | 500 | 503;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What there is to see, by path. */
export type Routes = Readonly<Record<string, () => RouteAnswer | Promise<RouteAnswer>>>;

/** However many ask, the state is read once in this time. */
const freshMs = 500;

/**
 * `nonce` gives a text that nobody can guess, of base64url characters, another each time (Content Security
 * Policy Level 3 §2.3.1).
 */
export function routes(
  runtime: RuntimeView,
  history: History,
  metrics: Metrics,
  nonce: () => string,
): Routes {
  const { clock } = runtime;
  let kept: { readonly at: number; readonly status: Promise<StatusReport> } | undefined;
  let scrape: { readonly at: number; readonly text: Promise<string> } | undefined;

  async function report(): Promise<StatusReport> {
    const [state, books] = await Promise.all([runtime.spool.state(), runtime.spool.books()]);
    return statusReport(runtime, { state, books }, history);
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
        body: page(await status(), once),
        headers: { "content-security-policy": policy },
      };
    },
    "/status": async () => json(200, await status()),
    "/metrics": async () => {
      const at = clock.monotonic();
      if (scrape === undefined || at - scrape.at > freshMs) scrape = { at, text: metrics.text() };
      return { status: 200, type: metrics.contentType, body: await scrape.text };
    },
    "/livez": () => {
      const stalled = stalledHops(runtime);
      return json(stalled.length === 0 ? 200 : 503, { alive: stalled.length === 0, stalled });
    },
    "/readyz": async () => {
      const { ready, not_ready, attention } = await status();
      return json(ready ? 200 : 503, { ready, not_ready, attention });
    },
  };
}

function json(status: 200 | 503, value: unknown): RouteAnswer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}
