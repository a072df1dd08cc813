import { type Control, controlServer } from "../admin/control.ts";
import { adminServer } from "../admin/server.ts";
import { type DeliverySummary, deliverySummary } from "../report/delivery-summary.ts";
import type { Tell } from "../report/report.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { History } from "../status/history.ts";
import { history } from "../status/history.ts";
import { metrics } from "../status/metrics.ts";
import { telemetry } from "../telemetry/telemetry.ts";
import { toldViews } from "./told-views.ts";
import { type ViewsOptions, viewsOf } from "./views.ts";

/** What is observed, and where from. */
export interface ObservationOptions extends ViewsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly scrub: Scrub;
  readonly tell: Tell;
  /** Takes one more who is told everything from now on. */
  readonly tellAlso: (note: Tell) => void;
}

/** What people and monitors see of a daemon, and where. */
export interface Observation {
  /** Absent without `admin.listen`. */
  readonly adminUrl: string | undefined;
  readonly history: History;
  readonly summary: DeliverySummary;
  /** Sees to it that commands reach this daemon. Never rejects. */
  lookAtSocket(): Promise<void>;
  /** Sends what is left to tell for at most `withinMs`, and until `abandon` aborts. Never rejects. */
  close(withinMs: number, abandon: AbortSignal): Promise<void>;
}

/**
 * Opens the listeners, and counts and remembers what is told from now on. Rejects with ListenError where it
 * cannot listen, leaving nothing open.
 */
export async function observe(options: ObservationOptions): Promise<Observation> {
  const { config, runtime, environment, agent, random, scrub, tell, tellAlso } = options;
  const recent = history(runtime, options.desks.trends);
  const counts = metrics(runtime, recent);
  tellAlso(counts.note);
  tellAlso(recent.note);
  const summary = deliverySummary(runtime.clock, tell);
  tellAlso(summary.note);
  const views = toldViews(viewsOf(options, recent, counts), tell);
  const ownTelemetry = await telemetry({
    environment,
    agent,
    random: random.number,
    tell,
    runtime,
    samples: counts.samples,
    instance: random.uuid(),
  });
  if (ownTelemetry !== undefined) tellAlso(ownTelemetry.note);
  const open: { close(): Promise<void> }[] = [];
  async function close(withinMs: number, abandon: AbortSignal): Promise<void> {
    await Promise.all([...open.map((each) => each.close()), ownTelemetry?.close(withinMs, abandon)]);
  }
  let control: Control | undefined;
  async function lookAtSocket(): Promise<void> {
    try {
      if ((await control?.renew()) === true)
        tell({ type: "control_socket", text: "opened again: it was removed, or something else stood there" });
    } catch (error) {
      tell({ type: "control_socket", text: error instanceof Error ? error.message : String(error) });
    }
  }
  try {
    if (config.stateDir !== ":memory:") {
      control = await controlServer(config.stateDir, views.control, scrub);
      open.push(control);
    }
    const { listen, token, metrics, allowedHosts } = config.admin;
    const seen = { history: recent, summary, lookAtSocket, close };
    if (listen === undefined) return { adminUrl: undefined, ...seen };
    const shown = token === undefined ? views.open : views.confided;
    const admin = await adminServer({ listen, token, metrics, allowedHosts, routes: shown, scrub });
    open.push(admin);
    return { adminUrl: admin.url, ...seen };
  } catch (error) {
    await close(0, AbortSignal.abort());
    throw error;
  }
}
