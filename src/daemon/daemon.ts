import type { Writable } from "node:stream";
import type { ReloadAction } from "../admin/control.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { Random } from "../random.ts";
import { type LogStyle, reportLog } from "../report/log.ts";
import type { Report, Tell } from "../report/report.ts";
import { type Scrub, scrubber } from "../secret/scrub.ts";
import { freeBytes } from "../spool/free-bytes.ts";
import { Conditions } from "../status/conditions.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import type { StartThread } from "../thread/start-thread.ts";
import type { Clock } from "../time/clock.ts";
import { Wakeup } from "../time/wakeup.ts";
import { activityOf } from "./activity-of.ts";
import { Attestations } from "./attestations.ts";
import { attestedArchives } from "./attested-archives.ts";
import type { Delivery } from "./delivery.ts";
import { outputHop, sourceHop } from "./hops.ts";
import { IngestSide, wireSources } from "./ingest-side.ts";
import { type Observation, observe } from "./observation.ts";
import { replayActions } from "./replay-actions.ts";
import { type Daemon, type RunMode, RunningDaemon } from "./running-daemon.ts";
import { type StartingDelivery, startDelivery } from "./start-delivery.ts";

/** What the daemon takes from the world around it. */
export interface Ambient {
  readonly clock: Clock;
  readonly agent: Agent;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
  /** Takes log lines. */
  readonly writeLog: (line: string) => void;
  readonly logStyle: LogStyle;
  /** This process, for the message to a second one. */
  readonly pid?: number;
  /** The user who must own the state directory. */
  readonly uid?: number;
  /** For the source that reads it: asked for then and not before. */
  readonly stdin?: () => AsyncIterable<Buffer>;
  /** For the `stdout` output. */
  readonly stdout: Writable;
  /** Reads everything again, as a SIGHUP does, for who asks at the control socket. */
  readonly reload?: ReloadAction;
  /** Called every few seconds while it runs: who looks at more then does not wake the process once more. */
  readonly look?: () => void;
  /** Starts the thread that delivers. Absent: it is done in this one. */
  readonly startThread?: StartThread;
  /** The delivery of this configuration, where somebody has begun to start it. */
  readonly starting?: StartingDelivery;
  /** Told everything, besides log and metrics: the demo and `--once` watch by it. */
  readonly watch?: Tell;
}

/**
 * Builds everything from the configuration, in the order the data flows, and starts it. Rejects with
 * ConfigError, SpoolError or ListenError, and leaves nothing open then.
 */
export async function startDaemon(config: Config, ambient: Ambient, mode: RunMode = {}): Promise<Daemon> {
  const { clock, agent, environment, stdin, stdout, pid, uid, random, reload, startThread } = ambient;
  const { tell, tellAlso, scrub } = telling(config, ambient);
  for (const { path, message, hint } of config.warnings)
    tell({ type: "config_warning", path, text: message, ...(hint === undefined ? {} : { fix: hint }) });

  // Sources and outputs, which do not connect yet.
  const sources = wireSources(config, { clock, agent, environment, stdin, random: random.number }, tell);
  const context = { clock, agent, environment, stdout, uid, guid: random.uuid };
  const starting = ambient.starting ?? (await startDelivery(config, { ...context, startThread }));

  // Source → spool → output.
  const conditions = new Conditions(clock.monotonic());
  const shared = { clock, random, tell, conditions, kept: new Wakeup(clock) };
  const { acceptStateLoss } = mode;
  const takeArrived = () => starting.takeArrived();
  const own = { scrub, environment, pid, uid, acceptStateLoss, takeArrived };
  const ingest = orAbandon(starting, () => new IngestSide(config, sources, { ...shared, ...own }));
  const { spool } = ingest;
  const attestations = orAbandon(starting, () => attestationsOf(config, ingest, ambient, tell));
  const delivery = starting.begin({ ...shared, spool });
  const tryOutputs = looking(delivery, shared.kept);
  const replays = replayActions(config, { replays: ingest.desks.replays, tell, tryOutputs, ingest });
  const closeSides = closing(delivery, ingest);

  // What people and monitors see.
  const runtime = runtimeOf(config, { clock, agent, conditions, delivery, spool, once: mode.once === true });
  let observation: Observation;
  try {
    observation = await observe({
      config,
      runtime,
      environment,
      agent,
      random,
      scrub,
      tell,
      tellAlso,
      spool,
      desks: ingest.desks,
      activity: activityOf(config, ingest.desks.activity, async () => (await spool.state()).sources, clock),
      reload,
      backfills: { plan: (plan) => ingest.backfill(plan), cancel: (name) => ingest.cancelBackfill(name) },
      startOver: (source) => ingest.startOver(source),
      replays,
      tryOutputs,
    });
  } catch (error) {
    await closeSides();
    throw error;
  }
  return new RunningDaemon({
    config,
    mode,
    runtime,
    ingest,
    delivery,
    observation,
    replays,
    attestations,
    closeSides,
    tell,
    look: ambient.look ?? (() => {}),
  });
}

function attestationsOf(
  config: Config,
  ingest: IngestSide,
  { clock, environment, random }: Pick<Ambient, "clock" | "environment" | "random">,
  tell: Tell,
): Attestations {
  try {
    const archives = attestedArchives(config, { clock, environment, guid: random.uuid });
    return new Attestations({ archives, books: ingest.desks.archives, clock, tell });
  } catch (error) {
    ingest.closeStore();
    throw error;
  }
}

/** Ends connections, then the state. */
function closing(delivery: Delivery, ingest: IngestSide): () => Promise<void> {
  return async () => {
    await Promise.all([delivery.close(), ingest.closeSources()]);
    ingest.closeStore();
  };
}

/** Has the outputs look at what waits beside their runs. */
function looking(delivery: Delivery, kept: Wakeup): () => void {
  return () => {
    delivery.tryNow();
    kept.wake();
  };
}

/** What throws ends the delivery that was to come. */
function orAbandon<Made>(starting: StartingDelivery, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    starting.abandon();
    throw error;
  }
}

/** Everybody who is told everything: the log, whoever watches, and who comes later. */
function telling({ secrets }: Config, { clock, watch, writeLog, logStyle }: Ambient) {
  const scrub: Scrub = scrubber(secrets.map(({ secret }) => secret));
  const tellers: Tell[] = watch === undefined ? [] : [watch];
  tellers.push(reportLog({ ...logStyle, clock, scrub, write: writeLog }));
  const tell = (report: Report) => {
    for (const teller of tellers) teller(report);
  };
  return { scrub, tell, tellAlso: (note: Tell) => void tellers.push(note) };
}

function runtimeOf(
  { sources, outputs, stateDir }: Config,
  {
    agent,
    delivery,
    ...known
  }: Pick<RuntimeView, "clock" | "conditions" | "spool" | "once"> & {
    readonly agent: Agent;
    readonly delivery: Delivery;
  },
): RuntimeView {
  const { clock } = known;
  return {
    version: agent.version,
    startedAt: clock.now(),
    startedMonotonic: clock.monotonic(),
    sources: sources.map((source) => sourceHop(source)),
    outputs: outputs.map((output) => outputHop(output)),
    hanging: () => delivery.hanging(),
    diskFree: () => diskFree(stateDir),
    ...known,
  };
}

/** A disk that cannot be asked is told by what cannot be written to it. */
function diskFree(stateDir: string): number | undefined {
  try {
    return freeBytes(stateDir);
  } catch {
    return undefined;
  }
}
