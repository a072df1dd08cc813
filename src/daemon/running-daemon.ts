import type { ReplayActions } from "../admin/replays.ts";
import type { Config } from "../config/config.ts";
import type { Tell } from "../report/report.ts";
import type { Backfill, BackfillPlan } from "../spool/backfill.ts";
import type { Replay, ReplayPlan } from "../spool/replay.ts";
import type { Spool } from "../spool/spool.ts";
import { Readiness } from "../status/readiness.ts";
import type { RuntimeView } from "../status/runtime-view.ts";
import type { Attestations } from "./attestations.ts";
import type { Delivery } from "./delivery.ts";
import type { IngestSide } from "./ingest-side.ts";
import { maintain } from "./maintenance.ts";
import type { Observation } from "./observation.ts";
import { PartFiles } from "./part-files.ts";
import { Stopping } from "./stopping.ts";
import { watch } from "./watch.ts";

/** A daemon that runs. */
export interface Daemon {
  readonly adminUrl: string | undefined;
  readonly runtime: RuntimeView;
  readonly spool: Spool;
  /** Resolves when everything has stopped; rejects with what made going on impossible. */
  readonly ended: Promise<void>;
  /** Stops reading, delivers what is held, ends within the configured time. */
  stop(why: string): void;
  /** Ends now. What is in flight may be sent again after the next start. */
  stopNow(): void;
  /**
   * Reads secrets and TLS files again, and tries everything at once: a person asked for it. Resolves when
   * what came of it has been told; never rejects.
   */
  refresh(): Promise<void>;
  /**
   * Takes over what secret and TLS files hold now. It does so by itself every few seconds. As `refresh`.
   */
  lookAtFiles(): Promise<void>;
  /**
   * Resolves when every source has been read to now. Rejects, after the others are done, with a SourceError
   * that only a person can mend.
   */
  readToNow(stop: AbortSignal): Promise<void>;
  /** Events that wait for others to go with them go now. */
  flush(): void;
  /** Writes the manifests that are due. Rejects with SpoolError. */
  attest(stop: AbortSignal): Promise<void>;
  /** As `IngestSide.backfill`. */
  backfill(plan: BackfillPlan): Backfill | undefined;
  /** As `ReplayActions.plan`. */
  replay(plan: ReplayPlan): Replay | string;
}

/** How a daemon is started. */
export interface RunMode {
  /** The loops that read do not start by themselves: `readToNow` does it. */
  readonly once?: boolean;
  /** Start afresh when the state is lost and cannot be saved. */
  readonly acceptStateLoss?: boolean;
}

/** What runs. */
export interface DaemonParts {
  readonly config: Config;
  readonly mode: RunMode;
  readonly runtime: RuntimeView;
  readonly ingest: IngestSide;
  readonly delivery: Delivery;
  readonly observation: Observation;
  readonly replays: ReplayActions;
  readonly attestations: Attestations;
  readonly closeSides: () => Promise<void>;
  readonly tell: Tell;
  /** As `Ambient.look`. */
  readonly look: () => void;
}

/** A daemon from its start to its end: starts the loops when it is made. */
export class RunningDaemon implements Daemon {
  readonly ended: Promise<void>;
  readonly #parts: DaemonParts;
  readonly #stopping: Stopping;
  /** What belongs to no source and no output, such as the token of the listener. */
  readonly #otherFiles: PartFiles;

  constructor(parts: DaemonParts) {
    this.#parts = parts;
    this.#stopping = new Stopping(parts.runtime.clock, parts.config.shutdownTimeout);
    const { sources, outputs, secrets } = parts.config;
    const owners = new Set([...sources, ...outputs].map(({ config: { name } }) => name));
    this.#otherFiles = new PartFiles({
      owner: "admin",
      secrets: secrets.filter(({ owner }) => !owners.has(owner)),
      reload: () => false,
      tell: parts.tell,
    });
    this.#tellStart();
    this.ended = this.#run();
    // Whoever needs the outcome waits for it; nobody has to.
    this.ended.catch(() => {});
  }

  get adminUrl(): string | undefined {
    return this.#parts.observation.adminUrl;
  }

  get runtime(): RuntimeView {
    return this.#parts.runtime;
  }

  get spool(): Spool {
    return this.#parts.ingest.spool;
  }

  stop(why: string): void {
    if (this.#stopping.stopReading.aborted) return;
    this.#parts.tell({ type: "stopping", why });
    this.#stopping.begin();
  }

  stopNow(): void {
    this.#stopping.abandonNow();
  }

  async refresh(): Promise<void> {
    const { ingest, delivery } = this.#parts;
    await this.#lookAtFiles(true);
    ingest.pollNow();
    delivery.retryNow();
  }

  lookAtFiles(): Promise<void> {
    return this.#lookAtFiles(false);
  }

  readToNow(stop: AbortSignal): Promise<void> {
    return this.#parts.ingest.readToNow(AbortSignal.any([stop, this.#stopping.stopReading]));
  }

  attest(stop: AbortSignal): Promise<void> {
    return this.#parts.attestations.attestDue(stop);
  }

  flush(): void {
    this.#parts.delivery.flush();
  }

  backfill(plan: BackfillPlan): Backfill | undefined {
    return this.#parts.ingest.backfill(plan);
  }

  replay(plan: ReplayPlan): Replay | string {
    return this.#parts.replays.plan(plan);
  }

  /** `asked`: by a person, who is told again what cannot be used. */
  async #lookAtFiles(asked: boolean): Promise<void> {
    this.#lookHere(asked);
    await this.#parts.delivery.lookAtFiles(asked);
  }

  #lookHere(asked: boolean): void {
    this.#otherFiles.look(asked);
    this.#parts.ingest.lookAtFiles(asked);
  }

  #tellStart(): void {
    const { config, runtime, tell } = this.#parts;
    tell({
      type: "started",
      version: runtime.version,
      sources: config.sources.map(({ config: { name } }) => name),
      outputs: config.outputs.map(({ config: { name } }) => name),
      ...(this.adminUrl === undefined ? {} : { admin: this.adminUrl }),
    });
  }

  /** Ends in order when the loops have ended, or at once when the state failed under one of them. */
  async #run(): Promise<void> {
    const { mode, ingest, delivery, observation, tell } = this.#parts;
    const stopping = this.#stopping;
    const loops = [
      mode.once === true ? Promise.resolve() : ingest.run(stopping.stopReading),
      delivery.run(stopping),
    ];
    const aside = this.#runAside();
    try {
      await Promise.race([Promise.all([...loops, this.#tellAbandoned()]), failureOf(aside)]);
    } finally {
      stopping.now();
      await Promise.allSettled(loops);
      stopping.finish();
      await aside.catch(() => {});
      observation.summary.tellRest();
      observation.history.end();
      const dead = this.#dead();
      tell({ type: "stopped", drained: dead === 0 && (await this.#drained()), dead });
      await observation.close(stopping.tellWithinMs, stopping.abandon);
      await this.#parts.closeSides();
    }
  }

  /** What runs beside the loops until they have ended. */
  async #runAside(): Promise<void> {
    const { mode, runtime, observation, attestations, tell, look } = this.#parts;
    const { history, summary } = observation;
    const lookAtFiles = () => {
      this.#lookHere(false);
      this.#parts.delivery.glanceAtFiles();
      look();
    };
    const lookAtSocket = () => observation.lookAtSocket();
    const { finished } = this.#stopping;
    const { clock } = runtime;
    const readiness = mode.once === true ? undefined : new Readiness(runtime, history, tell);
    await Promise.all([
      maintain({ spool: this.spool, once: mode.once === true, clock, tell }, finished),
      mode.once === true ? undefined : attestations.run(finished),
      watch({ spool: this.spool, clock, readiness, summary, history, lookAtFiles, lookAtSocket }, finished),
    ]);
  }

  async #tellAbandoned(): Promise<void> {
    const { outputs } = await this.spool.state();
    for (const { output, abandoned, backlog } of outputs)
      if (abandoned && backlog.events > 0)
        this.#parts.tell({ type: "output_abandoned", output, pending: backlog.events });
  }

  /** Events given up in this run. */
  #dead(): number {
    const { runtime, observation } = this.#parts;
    return runtime.outputs.reduce((sum, { name }) => sum + observation.history.dead(name), 0);
  }

  async #drained(): Promise<boolean> {
    try {
      const { outputs } = await this.spool.state();
      return outputs.every(({ abandoned, backlog }) => abandoned || backlog.events === 0);
    } catch {
      return false;
    }
  }
}

/** Never resolves; rejects when `work` does. */
function failureOf(work: Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    work.catch(reject);
  });
}
