import { type ActivityOf, activityRoutes } from "../admin/activity.ts";
import { reloadPath } from "../admin/ask.ts";
import { type BackfillActions, backfillRoutes } from "../admin/backfills.ts";
import type { ControlRoutes, ReloadAction } from "../admin/control.ts";
import { letterRoutes, lettersNeedToken } from "../admin/letters.ts";
import { lookupRoutes } from "../admin/lookup.ts";
import { placeActions } from "../admin/places.ts";
import { type ReplayActions, replayRoutes } from "../admin/replays.ts";
import { jsonAnswer, type Routes, routes } from "../admin/routes.ts";
import { tapNeedsToken, tapRoutes } from "../admin/tap.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { Random } from "../random.ts";
import type { EventLookup } from "../spool/event-lookup.ts";
import type { Spool } from "../spool/spool.ts";
import type { Trends } from "../spool/trends.ts";
import type { History } from "../status/history.ts";
import { letterRow } from "../status/letter-report.ts";
import type { Metrics } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { tapsOf } from "./taps.ts";

/** What is to be seen, and where from. */
export interface ViewsOptions {
  readonly config: Config;
  readonly runtime: RuntimeView;
  readonly agent: Agent;
  readonly random: Random;
  readonly spool: Spool;
  /** Where people ask about single events, and where charts and incidents are kept. */
  readonly desks: { readonly events: EventLookup; readonly trends: Trends };
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
}

/** What there is to see of a daemon, for each kind of who asks. */
export interface Views {
  /** For anybody who reaches the port: nothing of what events say. */
  readonly open: Routes;
  /** For who knows the token. */
  readonly confided: Routes;
  /** For who may read the state anyway. */
  readonly control: ControlRoutes;
}

/** Made from what runs, what happened lately and what was counted. */
export function viewsOf(options: ViewsOptions, recent: History, counts: Metrics): Views {
  const { runtime, random, spool, config, agent, tryOutputs, activity } = options;
  const nonce = () => random.bytes(16).toString("base64url");
  const letters = letterRoutes(spool, tryOutputs);
  const backfills = backfillRoutes(spool, options.backfills);
  const replays = replayRoutes(spool, options.replays);
  const confided = {
    ...routes(runtime, recent, counts, nonce, {
      letters: () => firstLetters(spool),
      activity: () => activity("30d"),
    }),
    "/dead-letters": letters.list,
    ...tapRoutes(tapsOf(config, agent, spool), nonce, runtime.clock),
    ...activityRoutes(activity, true, nonce),
  };
  return {
    open: {
      ...routes(runtime, recent, counts, nonce),
      "/dead-letters": lettersNeedToken,
      "/tap": tapNeedsToken,
      "/tap.json": tapNeedsToken,
      ...activityRoutes(activity, false, nonce),
    },
    confided,
    control: {
      routes: { ...confided, ...backfills.views, ...replays.views, ...lookupRoutes(options.desks.events) },
      actions: { ...letters.actions, ...backfills.actions, ...replays.actions, ...partActions(options) },
    },
  };
}

/** What commands do to sources and outputs, and to the configuration. */
function partActions({ spool, tryOutputs, startOver, reload }: ViewsOptions) {
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

async function firstLetters(spool: Pick<Spool, "deadLetters">) {
  return (await spool.deadLetters({}, lettersOnPage)).map(letterRow);
}
