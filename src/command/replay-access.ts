import { spanQuery } from "../admin/backfills.ts";
import { replayQuery } from "../admin/replays.ts";
import type { BackfillSpan, Forgotten } from "../spool/backfill.ts";
import type { Replayable, ReplayPlan } from "../spool/replay.ts";
import { type BackfillStatus, backfillStatus } from "../status/backfill-status.ts";
import { type ReplayStatus, replayStatus } from "../status/replay-status.ts";
import type { Terminal } from "./command.ts";
import { ownDaemon } from "./own-daemon.ts";
import { NoStateAccess, type StateAccess, stateAccess } from "./state-access.ts";

/** The replays of a state, whoever has it open. */
export interface ReplayAccess {
  list(): Promise<readonly ReplayStatus[]>;
  /** What days are read of each source, or were read last. */
  backfills(): Promise<readonly BackfillStatus[]>;
  /** As `Store.forgotten`. */
  forgotten(span: BackfillSpan): Promise<Forgotten>;
  /** As `Replays.available`. */
  available(output: string, first: number, end: number): Promise<Replayable>;
  /** False: none is under way. */
  cancel(output: string): Promise<boolean>;
  /** Begins one, and sees that somebody sends: the daemon, or this process as one. */
  begin(plan: ReplayPlan): Promise<ReplayRun>;
  close(): void;
}

/** A replay under way. */
export interface ReplayRun {
  /** The one of this output, as it is now. Rejects when whoever sends has ended. */
  now(): Promise<ReplayStatus>;
  /** This process sends: with it that ends. */
  readonly own: boolean;
  /** Ends what was begun here. */
  end(why: string): Promise<void>;
}

type Ask = Extract<StateAccess, { by: "daemon" }>["ask"];

/** Through the daemon, or in the state itself where none runs. Rejects as `stateAccess`. */
export async function replayAccess(path: string, terminal: Terminal): Promise<ReplayAccess> {
  const access = await stateAccess(path, terminal);
  if (access.by === "daemon") return daemonReplays(access.ask);
  const { store } = access;
  let open = true;
  const close = () => {
    if (open) store.close();
    open = false;
  };
  return {
    list: async () =>
      store.outputs().flatMap(({ replay }) => (replay === undefined ? [] : [replayStatus(replay)])),
    backfills: async () =>
      store.sources().flatMap(({ backfill }) => (backfill === undefined ? [] : [backfillStatus(backfill)])),
    forgotten: async (span) => store.forgotten(span),
    available: async (output, first, end) => store.replays.available(output, first, end),
    cancel: async (output) => store.replays.cancel(output),
    async begin(plan) {
      close();
      return ownReplay(path, plan, terminal);
    },
    close,
  };
}

function daemonReplays(ask: Ask): ReplayAccess {
  const list = async () => {
    const answer = await ask("GET", "/replay", new URLSearchParams());
    return (answer as { replays: readonly ReplayStatus[] }).replays;
  };
  return {
    list,
    async backfills() {
      const answer = await ask("GET", "/backfill", new URLSearchParams());
      return (answer as { backfills: readonly BackfillStatus[] }).backfills;
    },
    forgotten: async (span) => (await ask("GET", "/backfill/forgotten", spanQuery(span))) as Forgotten,
    async available(output, first, end) {
      const query = new URLSearchParams({ output, first: String(first), end: String(end) });
      return (await ask("GET", "/replay/available", query)) as Replayable;
    },
    async cancel(output) {
      const answer = await ask("POST", "/replay/cancel", new URLSearchParams({ output }));
      return (answer as { cancelled: boolean }).cancelled;
    },
    async begin(plan) {
      await ask("POST", "/replay/plan", replayQuery(plan));
      return { now: async () => ofOutput(await list(), plan.output), own: false, end: async () => {} };
    },
    close: () => {},
  };
}

/**
 * Without a daemon this process delivers until it is done: what is new first. It reads sources only where
 * days of theirs are wanted.
 */
async function ownReplay(path: string, plan: ReplayPlan, terminal: Terminal): Promise<ReplayRun> {
  const { daemon, alive, end } = await ownDaemon(path, terminal, { once: (plan.days ?? []).length === 0 });
  const refused = daemon.replay(plan);
  if (typeof refused === "string") {
    await end(refused);
    throw new NoStateAccess(refused);
  }
  return {
    async now() {
      await alive("the delivery ended before the replay did: the same command goes on with it");
      const { outputs } = await daemon.spool.state();
      const all = outputs.flatMap(({ replay }) => (replay === undefined ? [] : [replayStatus(replay)]));
      return ofOutput(all, plan.output);
    },
    own: true,
    end: async (why) => void (await end(why)),
  };
}

function ofOutput(all: readonly ReplayStatus[], output: string): ReplayStatus {
  const found = all.find((each) => each.output === output);
  if (found === undefined) throw new NoStateAccess(`the replay of ${output} is not there any more`);
  return found;
}
