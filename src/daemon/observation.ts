import { type ActivityOf, activityRoutes } from "../admin/activity.ts";
import { reloadPath } from "../admin/ask.ts";
import { type BackfillActions, backfillRoutes } from "../admin/backfills.ts";
import { type Control, controlServer, type ReloadAction } from "../admin/control.ts";
import { letterRoutes, lettersNeedToken } from "../admin/letters.ts";
import { lookupRoutes } from "../admin/lookup.ts";
import { placeActions } from "../admin/places.ts";
import { type ReplayActions, replayRoutes } from "../admin/replays.ts";
import { jsonAnswer, routes } from "../admin/routes.ts";
import { adminServer } from "../admin/server.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { Random } from "../random.ts";
import { type DeliverySummary, deliverySummary } from "../report/delivery-summary.ts";
import type { Tell } from "../report/report.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { EventLookup } from "../spool/event-lookup.ts";
import type { Spool } from "../spool/spool.ts";
import type { History } from "../status/history.ts";
import { history } from "../status/history.ts";
import { letterRow } from "../status/letter-report.ts";
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
  readonly spool: Spool;
  readonly events: EventLookup;
  readonly activity: ActivityOf;
  readonly reload: ReloadAction | undefined;
  /** Something waits beside the run of an output: it should look. */
  readonly tryOutputs: () => void;
  /** Reads a source of another instance from its start; false where nothing was asked. */
  readonly startOver: (source: string) => boolean;
  /** Reads days once more, or no longer. */
  readonly backfills: BackfillActions;
  /** Sends again, or no longer. */
  readonly replays: ReplayActions;
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
  const recent = history(runtime);
  const counts = metrics(runtime, recent);
  tellAlso(counts.note);
  tellAlso(recent.note);
  const summary = deliverySummary(runtime.clock, tell);
  tellAlso(summary.note);
  const letters = letterRoutes(options.spool, options.tryOutputs);
  const backfills = backfillRoutes(options.spool, options.backfills);
  const replays = replayRoutes(options.spool, options.replays);
  const actions = {
    ...letters.actions,
    ...backfills.actions,
    ...replays.actions,
    ...partActions(options),
  };
  const nonce = () => random.bytes(16).toString("base64url");
  const own = routes(runtime, recent, counts, nonce, () => firstLetters(options.spool));
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
      const whole = {
        ...own,
        "/dead-letters": letters.list,
        ...backfills.views,
        ...replays.views,
        ...lookupRoutes(options.events),
        ...activityRoutes(options.activity, true, nonce),
      };
      control = await controlServer(config.stateDir, { routes: whole, actions }, scrub);
      open.push(control);
    }
    const { listen, token, metrics, allowedHosts } = config.admin;
    const seen = { history: recent, summary, lookAtSocket, close };
    if (listen === undefined) return { adminUrl: undefined, ...seen };
    const shown = {
      ...(token === undefined
        ? { ...routes(runtime, recent, counts, nonce), "/dead-letters": lettersNeedToken }
        : { ...own, "/dead-letters": letters.list }),
      ...activityRoutes(options.activity, token !== undefined, nonce),
    };
    const admin = await adminServer({ listen, token, metrics, allowedHosts, routes: shown, scrub });
    open.push(admin);
    return { adminUrl: admin.url, ...seen };
  } catch (error) {
    await close(0, AbortSignal.abort());
    throw error;
  }
}

/** What commands do to sources and outputs, and to the configuration. */
function partActions({ spool, tryOutputs, startOver, reload }: ObservationOptions) {
  return {
    ...placeActions({
      async answerPlace(output, answer) {
        const asked = await spool.answerPlace(output, answer);
        tryOutputs();
        return asked;
      },
      startOver: async (source) => startOver(source),
    }),
    ...(reload === undefined ? {} : { [reloadPath]: async () => jsonAnswer(200, await reload()) }),
  };
}

/** So many the page shows. */
const lettersOnPage = 50;

async function firstLetters(spool: Spool) {
  return (await spool.deadLetters({}, lettersOnPage)).map(letterRow);
}
