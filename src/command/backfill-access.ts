import { spanQuery } from "../admin/backfills.ts";
import type { BackfillPlan, BackfillSpan, Forgotten } from "../spool/backfill.ts";
import { type BackfillStatus, backfillStatus } from "../status/backfill-status.ts";
import type { Terminal } from "./command.ts";
import { ownDaemon } from "./own-daemon.ts";
import { NoStateAccess, type StateAccess, stateAccess } from "./state-access.ts";

/** The backfills of a state, whoever has it open. */
export interface BackfillAccess {
  list(): Promise<readonly BackfillStatus[]>;
  forgotten(span: BackfillSpan): Promise<Forgotten>;
  /** False: none is under way. */
  cancel(source: string): Promise<boolean>;
  /** Begins one, and sees that somebody reads: the daemon, or this process as one. */
  begin(plan: BackfillPlan): Promise<BackfillRun>;
  close(): void;
}

/** A backfill under way. */
export interface BackfillRun {
  /** The one of this source, as it is now. Rejects when whoever reads has ended. */
  now(): Promise<BackfillStatus>;
  /** This process reads: with it that ends. */
  readonly own: boolean;
  /** Delivers what is at hand, and ends what was begun here. Gives back how many events wait still. */
  end(why: string): Promise<number>;
}

type Ask = Extract<StateAccess, { by: "daemon" }>["ask"];

/** Through the daemon, or in the state itself where none runs. Rejects as `stateAccess`. */
export async function backfillAccess(path: string, terminal: Terminal): Promise<BackfillAccess> {
  const access = await stateOrNone(path, terminal);
  if (access?.by === "daemon") return daemonBackfills(access.ask);
  let store = access?.store;
  const close = () => {
    store?.close();
    store = undefined;
  };
  return {
    list: async () => {
      const sources = store?.sources() ?? [];
      return sources.flatMap(({ backfill }) => (backfill === undefined ? [] : [backfillStatus(backfill)]));
    },
    forgotten: async (span) => store?.forgotten(span) ?? { days: 0, records: 0 },
    cancel: async (source) => store?.cancelBackfill(source) ?? false,
    async begin(plan) {
      close();
      return ownBackfill(path, plan, terminal);
    },
    close,
  };
}

/** Undefined: nothing was ever read, and there is no state yet. */
async function stateOrNone(path: string, terminal: Terminal): Promise<StateAccess | undefined> {
  try {
    return await stateAccess(path, terminal);
  } catch (error) {
    if (error instanceof NoStateAccess && error.noState) return undefined;
    throw error;
  }
}

function daemonBackfills(ask: Ask): BackfillAccess {
  const list = async () => {
    const answer = await ask("GET", "/backfill", new URLSearchParams());
    return (answer as { backfills: readonly BackfillStatus[] }).backfills;
  };
  return {
    list,
    forgotten: async (span) => (await ask("GET", "/backfill/forgotten", spanQuery(span))) as Forgotten,
    cancel: async (source) => {
      const answer = await ask("POST", "/backfill/cancel", new URLSearchParams({ source }));
      return (answer as { cancelled: boolean }).cancelled;
    },
    async begin(plan) {
      const query = spanQuery(plan);
      query.set("per_second", String(plan.perSecond));
      await ask("POST", "/backfill/plan", query);
      return {
        now: async () => ofSource(await list(), plan.source),
        own: false,
        end: async () => 0,
      };
    },
    close: () => {},
  };
}

/** Without a daemon this process is one until the backfill is done: what is new is read first there too. */
async function ownBackfill(path: string, plan: BackfillPlan, terminal: Terminal): Promise<BackfillRun> {
  const { daemon, alive, end } = await ownDaemon(path, terminal);
  daemon.backfill(plan);
  return {
    async now() {
      await alive("the reading ended before the backfill did: the same command goes on with it");
      const { sources } = await daemon.spool.state();
      const all = sources.flatMap(({ backfill }) =>
        backfill === undefined ? [] : [backfillStatus(backfill)],
      );
      return ofSource(all, plan.source);
    },
    own: true,
    end,
  };
}

function ofSource(all: readonly BackfillStatus[], source: string): BackfillStatus {
  const found = all.find((each) => each.source === source);
  if (found === undefined) throw new NoStateAccess(`the backfill of ${source} is not there any more`);
  return found;
}
