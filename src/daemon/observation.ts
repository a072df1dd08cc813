import { controlServer, type ReloadAction } from "../admin/control.ts";
import { routes } from "../admin/routes.ts";
import { adminServer } from "../admin/server.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { Random } from "../random.ts";
import { type DeliverySummary, deliverySummary } from "../report/delivery-summary.ts";
import type { Tell } from "../report/report.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { History } from "../status/history.ts";
import { history } from "../status/history.ts";
import { metrics } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { telemetry } from "../telemetry/telemetry.ts";

/** What is observed, and where from. */
export interface ObservationOptions {
  readonly config: Config;
  readonly runtime: RuntimeView;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly agent: Agent;
  readonly random: Random;
  readonly scrub: Scrub;
  readonly tell: Tell;
  readonly reload: ReloadAction | undefined;
  /** Takes one more who is told everything from now on. */
  readonly tellAlso: (note: Tell) => void;
}

/** What people and monitors see of a daemon, and where. */
export interface Observation {
  /** Absent without `admin.listen`. */
  readonly adminUrl: string | undefined;
  readonly history: History;
  readonly summary: DeliverySummary;
  /** Sends what is left to tell for at most `withinMs`, and until `abandon` aborts. Never rejects. */
  close(withinMs: number, abandon: AbortSignal): Promise<void>;
}

/**
 * Opens the listeners, and counts and remembers what is told from now on. Rejects with ListenError where it
 * cannot listen, leaving nothing open.
 */
export async function observe(options: ObservationOptions): Promise<Observation> {
  const { config, runtime, environment, agent, random, scrub, tell, tellAlso } = options;
  const recent = history(runtime);
  const counts = metrics(runtime, recent);
  tellAlso(counts.note);
  tellAlso(recent.note);
  const summary = deliverySummary(runtime.clock, tell);
  tellAlso(summary.note);
  const seen = routes(runtime, recent, counts, () => random.bytes(16).toString("base64url"));
  const own = await telemetry({
    environment,
    agent,
    random: random.number,
    tell,
    runtime,
    samples: counts.samples,
    instance: random.uuid(),
  });
  if (own !== undefined) tellAlso(own.note);
  const open: { close(): Promise<void> }[] = [];
  async function close(withinMs: number, abandon: AbortSignal): Promise<void> {
    await Promise.all([...open.map((each) => each.close()), own?.close(withinMs, abandon)]);
  }
  try {
    if (config.stateDir !== ":memory:")
      open.push(await controlServer(config.stateDir, seen, scrub, options.reload));
    const { listen, token, allowedHosts } = config.admin;
    if (listen === undefined) return { adminUrl: undefined, history: recent, summary, close };
    const admin = await adminServer({ listen, token, allowedHosts, routes: seen, scrub });
    open.push(admin);
    return { adminUrl: admin.url, history: recent, summary, close };
  } catch (error) {
    await close(0, AbortSignal.abort());
    throw error;
  }
}
