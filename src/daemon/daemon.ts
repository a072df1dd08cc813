import { randomUUID } from "node:crypto";
import type { Writable } from "node:stream";
import { controlServer } from "../admin/control.ts";
import { routes } from "../admin/routes.ts";
import { adminServer } from "../admin/server.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { type Ledger, ledger } from "../ingest/ledger.ts";
import { reportLog } from "../report/log.ts";
import type { Report, Tell } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import type { Store } from "../spool/store.ts";
import { openStore } from "../spool/sqlite/open-store.ts";
import { history } from "../status/history.ts";
import { metrics } from "../status/metrics.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import { telemetry } from "../telemetry/telemetry.ts";
import type { Clock } from "../time/clock.ts";
import { Wakeup } from "../time/wakeup.ts";
import { maintain } from "./maintenance.ts";
import { reloader } from "./reload.ts";
import { deliverLoop, hopsOf, ingestLoop, type WiredSource, wireOutputs, wireSources } from "./wiring.ts";

/** What the daemon takes from the world around it. */
export interface Ambient {
  readonly clock: Clock;
  readonly agent: Agent;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** 0 to 1, for jitter; tests bring their own. */
  readonly random?: () => number;
  /** Takes log lines. */
  readonly writeLog: (line: string) => void;
  /** This process, for the message to a second one. */
  readonly pid?: number;
  /** The user who must own the state directory. */
  readonly uid?: number;
  /** For the `stdout` output. */
  readonly stdout: Writable;
  /** Told everything, besides log and metrics: the demo and `--once` watch by it. */
  readonly watch?: Tell;
}

export interface Daemon {
  readonly adminUrl: string | undefined;
  readonly runtime: RuntimeView;
  readonly spool: Store;
  /** Resolves when everything has stopped; rejects with what made going on impossible. */
  readonly ended: Promise<void>;
  /** Stops reading, delivers what is held, ends within the configured time. */
  stop(why: string): void;
  /** Ends now. What is in flight may be sent again after the next start. */
  stopNow(): void;
  /** Reads secrets and certificates again, and tries everything at once. */
  refresh(): void;
  /** Resolves when every source has been read to now. Rejects, after the others are done, with a SourceError that only a person can mend. */
  readToNow(stop: AbortSignal): Promise<void>;
}

/** A stop gives most of its time to finishing what has begun. */
const haltShare = 0.5;
const deadlineShare = 0.9;
/** Telling of it gets the rest, and never more than this. */
const tellAtMostMs = 2000;

export interface RunMode {
  /** The loops that read do not start by themselves: `readToNow` does it. */
  readonly once?: boolean;
  /** Start afresh when the state is lost and cannot be saved. */
  readonly acceptStateLoss?: boolean;
}

/** Builds everything from the configuration, in the order the data flows, and starts it. */
export async function startDaemon(config: Config, ambient: Ambient, mode: RunMode = {}): Promise<Daemon> {
  const { clock, agent, environment, random = Math.random } = ambient;
  const tellers: Tell[] = ambient.watch === undefined ? [] : [ambient.watch];
  const tell = (report: Report) => {
    for (const teller of tellers) teller(report);
  };
  const scrub = scrubber(config.secrets.map(({ secret }) => secret));
  tellers.push(reportLog({ level: config.log.level, clock, scrub, write: ambient.writeLog }));

  // Sources and outputs, which do not connect yet.
  const sources = wireSources(config, { clock, agent, environment, random }, tell);
  const outputs = wireOutputs(config, { agent, environment, clock, stdout: ambient.stdout });

  // The spool: all the state there is.
  const ingests: { wired: WiredSource; known: Ledger; loop: Ingest }[] = [];
  const spool = openStore({
    stateDir: config.stateDir,
    maxBytes: config.spool.maxBytes,
    keepDelivered: config.spool.keepDelivered,
    sources: sources.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    clock,
    pid: ambient.pid,
    uid: ambient.uid,
    acceptStateLoss: mode.acceptStateLoss,
    onDamage(damage) {
      // What is damaged is fetched again: the memory of having it must go.
      for (const { known } of ingests) known.forgetSoon();
      tell({ type: "damage", source: damage.source, records: damage.count, reason: damage.reason });
    },
  });

  // Source → spool → output.
  const reloading = reloader(config.secrets, sources, outputs, tell);
  const context = { spool, clock, random, tell, kept: new Wakeup(clock) };
  const origins = new Map(sources.map(({ name, source }) => [name, source.origin]));
  for (const wired of sources) {
    const known = ledger({ load: (day) => spool.identities(wired.name, day) });
    ingests.push({ wired, known, loop: ingestLoop(wired, known, context) });
  }
  const delivers = outputs.map((wired) => ({
    wired,
    loop: deliverLoop(wired, origins, () => reloading.of(wired.name), context),
  }));

  // What people and monitors see.
  const runtime: RuntimeView = {
    version: agent.version,
    startedAt: clock.now(),
    startedMonotonic: clock.monotonic(),
    clock,
    spool,
    ...hopsOf(ingests, delivers),
  };
  const counts = metrics(runtime);
  const recent = history(runtime);
  tellers.push(counts.note, recent.note);
  const seen = routes(runtime, recent, counts);
  const { samples } = counts;
  const own = await telemetry({ environment, agent, random, tell, runtime, samples, instance: randomUUID() });
  if (own !== undefined) tellers.push(own.note);

  async function closeAll(): Promise<void> {
    await Promise.all([
      ...[...outputs.map(({ output }) => output), ...sources.map(({ source }) => source)].map((end) =>
        end.close(),
      ),
      control?.close(),
      admin?.close(),
      own?.close(Math.min(tellAtMostMs, config.shutdownTimeout * (1 - deadlineShare)), hurry.signal),
    ]);
    spool.close();
  }

  const hurry = new AbortController();
  let control: Awaited<ReturnType<typeof controlServer>> | undefined;
  let admin: Awaited<ReturnType<typeof adminServer>> | undefined;
  try {
    if (config.stateDir !== ":memory:") control = await controlServer(config.stateDir, seen, scrub);
    const { listen, token, allowedHosts } = config.admin;
    if (listen !== undefined) admin = await adminServer({ listen, token, allowedHosts, routes: seen, scrub });
  } catch (error) {
    await closeAll();
    throw error;
  }

  const stopReading = new AbortController();
  const drain = new AbortController();
  const halt = new AbortController();
  const deadline = new AbortController();
  const finished = new AbortController();

  tell({
    type: "started",
    version: agent.version,
    sources: sources.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    ...(admin === undefined ? {} : { admin: admin.url }),
  });
  for (const { output, abandoned, backlog } of spool.outputs())
    if (abandoned && backlog.events > 0) tell({ type: "output_abandoned", output, pending: backlog.events });

  const reading = mode.once === true ? [] : ingests.map(({ loop }) => loop.run(stopReading.signal));
  const delivering = delivers.map(({ loop }) =>
    loop.run({ drain: drain.signal, halt: halt.signal, deadline: deadline.signal }),
  );
  const ended = finish();
  // Whoever needs the outcome waits for it; nobody has to.
  ended.catch(() => {});

  /** Ends in order when the loops have ended, or at once when the state failed under one of them. */
  async function finish(): Promise<void> {
    try {
      await Promise.race([
        Promise.all([...reading, ...delivering]),
        failureOf(maintain({ spool, clock, tell, measure: recent.measure }, finished.signal)),
      ]);
    } finally {
      stopNow();
      await Promise.allSettled([...reading, ...delivering]);
      finished.abort();
      const drained = outputs.every(({ name }) => backlogOf(name) === 0);
      tell({ type: "stopped", drained });
      await closeAll();
    }
  }

  function backlogOf(name: string): number {
    try {
      return spool.backlog(name).events;
    } catch {
      return Number.NaN;
    }
  }

  function stopNow(): void {
    for (const signal of [stopReading, drain, halt, deadline]) signal.abort();
  }

  return {
    adminUrl: admin?.url,
    runtime,
    spool,
    ended,
    stop(why) {
      if (stopReading.signal.aborted) return;
      tell({ type: "stopping", why });
      stopReading.abort();
      drain.abort();
      const later = (share: number, signal: AbortController) =>
        clock.sleep(config.shutdownTimeout * share, finished.signal).then(() => signal.abort());
      void later(haltShare, halt);
      void later(deadlineShare, deadline);
    },
    stopNow() {
      hurry.abort();
      stopNow();
    },
    refresh() {
      reloading.everything();
      for (const { loop } of ingests) loop.pollNow();
      for (const { loop } of delivers) loop.retryNow();
    },
    async readToNow(stop) {
      const signal = AbortSignal.any([stop, stopReading.signal]);
      const read = await Promise.allSettled(ingests.map(({ loop }) => loop.runOnce(signal)));
      for (const outcome of read) if (outcome.status === "rejected") throw outcome.reason;
    },
  };
}

/** Never resolves; rejects when `work` does. */
function failureOf(work: Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    work.catch(reject);
  });
}
