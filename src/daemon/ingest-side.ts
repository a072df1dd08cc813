import type { Config } from "../config/config.ts";
import { type Ingest, ingest } from "../ingest/ingest.ts";
import { type Ledger, ledger } from "../ingest/ledger.ts";
import { WithoutRoom } from "../ingest/room-wait.ts";
import type { Random } from "../random.ts";
import type { Tell } from "../report/report.ts";
import type { Scrub } from "../secret/scrub.ts";
import type { ConfiguredSource } from "../source/configured.ts";
import type { Source, SourceContext } from "../source/source.ts";
import type { Backfill, BackfillPlan } from "../spool/backfill.ts";
import { thisHost } from "../spool/host.ts";
import type { Spool } from "../spool/spool.ts";
import { spoolOfStore } from "../spool/spool-of-store.ts";
import { openStore } from "../spool/sqlite/open-store.ts";
import type { OpenStore } from "../spool/store.ts";
import { witnessFolder } from "../spool/witness.ts";
import type { Conditions } from "../status/conditions.ts";
import { type Clock, dayText } from "../time/clock.ts";
import type { Wakeup } from "../time/wakeup.ts";
import { activityRule } from "./activity-rule.ts";
import { created } from "./created.ts";
import { untilAllEnd } from "./ending.ts";
import { PartFiles } from "./part-files.ts";
import { unreadableDays } from "./unreadable-days.ts";
import { roleOf, witnessesAmong } from "./witnesses.ts";

const minuteMs = 60_000;

/** A source, and what it was made from. */
export interface WiredSource {
  readonly configured: ConfiguredSource;
  readonly source: Source;
}

/** Makes the sources of the configuration, which do not connect yet. Throws ConfigError. */
export function wireSources(
  config: Config,
  context: Omit<SourceContext, "secretReloaded">,
  tell: Tell,
): WiredSource[] {
  return config.sources.map((configured, index) => {
    const { name: owner } = configured.config;
    const secretReloaded = () => tell({ type: "secret_reloaded", owner });
    const make = () => configured.create({ ...context, secretReloaded });
    return { configured, source: created(config.file, `sources[${index}]`, make) };
  });
}

/** What the ingest side shares with everybody, and how it takes the state directory. */
export interface IngestSideOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Environment variables: destinations may stand in them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tell: Tell;
  readonly scrub: Scrub;
  readonly conditions: Conditions;
  /** Woken when records were kept. */
  readonly kept: Wakeup;
  /** This process, for the message to a second one. */
  readonly pid: number | undefined;
  /** The user who must own the state directory. */
  readonly uid: number | undefined;
  /** Start afresh when the state is lost and cannot be saved. */
  readonly acceptStateLoss: boolean | undefined;
  /** As `StoreOptions.takeArrived`. */
  readonly takeArrived: () => void;
}

/**
 * This side of the spool: sources, ledgers, the store, and the loops that read. Everybody else sees `spool`.
 */
export class IngestSide {
  readonly spool: Spool;
  readonly #config: Config;
  readonly #options: IngestSideOptions;
  readonly #sources: readonly WiredSource[];
  readonly #files: readonly PartFiles[];
  readonly #store: OpenStore;
  /** By instance: what one source has shown is known to the others. */
  readonly #ledgers = new Map<string, Ledger>();
  readonly #withoutRoom = new WithoutRoom();
  readonly #loops: readonly Ingest[];

  /** Takes the state directory. Throws SpoolError. */
  constructor(config: Config, sources: readonly WiredSource[], options: IngestSideOptions) {
    this.#config = config;
    this.#options = options;
    this.#sources = sources;
    this.#store = this.#open();
    this.spool = spoolOfStore(this.#store);
    this.#files = sources.map((wired) => this.#filesOf(wired));
    this.#loops = sources.map((wired, index) => this.#loopOf(wired, this.#files[index] as PartFiles));
  }

  /** Polls until `stop`. Rejects with SpoolError when the state cannot be trusted. */
  async run(stop: AbortSignal): Promise<void> {
    await untilAllEnd(this.#options.clock, this.#loops, (failed) => AbortSignal.any([stop, failed]));
  }

  /**
   * Resolves when every source has been read to now. Rejects, after the others are done, with a SourceError
   * that only a person can mend.
   */
  async readToNow(stop: AbortSignal): Promise<void> {
    const read = await Promise.allSettled(this.#loops.map((loop) => loop.runOnce(stop)));
    for (const outcome of read) if (outcome.status === "rejected") throw outcome.reason;
  }

  pollNow(): void {
    for (const loop of this.#loops) loop.pollNow();
  }

  /**
   * Takes over what the sources' secret and TLS files hold now, and reads at once where that changed.
   * `asked`: by a person, who is told again what cannot be used.
   */
  lookAtFiles(asked: boolean): void {
    for (const [index, files] of this.#files.entries()) if (files.look(asked)) this.#loops[index]?.pollNow();
  }

  /** A person agrees that a source reads another instance now. False: nothing was asked. */
  startOver(source: string): boolean {
    const asked = this.#store.startOver(source);
    for (const known of this.#ledgers.values()) known.refresh();
    this.pollNow();
    return asked;
  }

  /**
   * A person wants days read once more: they are, between the polls, from the next one on. Gives back the
   * backfill that is under way then; undefined where the source is not known, has no days or is a witness.
   */
  backfill(plan: BackfillPlan): Backfill | undefined {
    const { source } = plan;
    const index = this.#sources.findIndex(({ configured }) => configured.config.name === source);
    const { noDays, config } = this.#sources[index]?.configured ?? {};
    if (index === -1 || noDays !== undefined || config?.role === "verify") return undefined;
    const before = this.#store.backfill(source);
    const planned = this.#store.planBackfill(plan);
    if (before?.state !== "running") {
      const [from, to] = [dayText(planned.first), dayText(planned.end)];
      this.#options.tell({ type: "backfill_planned", source, from, to });
    }
    this.#loops[index]?.pollNow();
    return planned;
  }

  /** As `unreadableDays`. */
  unreadable = (days: readonly BackfillPlan[]) => unreadableDays(days, this.#sources, this.#store.backfill);

  /** False: none is under way. */
  cancelBackfill(source: string): boolean {
    const cancelled = this.#store.cancelBackfill(source);
    if (cancelled) this.#options.tell({ type: "backfill_cancelled", source });
    return cancelled;
  }

  /** Where people ask: about single events, who was active, the past, and what is to be sent again. */
  get desks(): Pick<OpenStore, "events" | "activity" | "replays" | "archives" | "trends"> {
    return this.#store;
  }

  async closeSources(): Promise<void> {
    await Promise.all(this.#sources.map(({ source }) => source.close()));
  }

  /** After everything that uses the spool has ended. */
  closeStore(): void {
    this.#store.close();
  }

  #filesOf({ configured, source }: WiredSource): PartFiles {
    const { name: owner } = configured.config;
    const secrets = this.#config.secrets.filter((secret) => secret.owner === owner);
    return new PartFiles({ owner, secrets, reload: () => source.reload(), tell: this.#options.tell });
  }

  #open(): OpenStore {
    const { stateDir, spool, sources, outputs, configuration } = this.#config;
    const { clock, random, tell, kept, scrub, pid, uid, acceptStateLoss, environment, takeArrived } =
      this.#options;
    return openStore({
      stateDir,
      maxBytes: spool.maxBytes,
      maxLetterBytes: spool.maxLetterBytes,
      keepDelivered: spool.keepDelivered,
      keepLedger: spool.keepLedger,
      activity: activityRule(this.#config),
      sources: sources.map(({ config }) => config.name),
      origins: new Map(sources.map(({ config, origin }) => [config.name, origin])),
      witnesses: witnessesAmong(sources),
      onMove: (source, before, now) => tell({ type: "source_moved", source, before, now }),
      outputs: outputs.map(({ config }) => config.name),
      places: new Map(outputs.map((each) => [each.config.name, each.destination(environment)])),
      configuration,
      scrub,
      heartbeats: new Map(
        outputs.flatMap(({ config: { name, heartbeat } }) =>
          heartbeat === undefined ? [] : [[name, heartbeat]],
        ),
      ),
      onOwnEvents: (actions) => {
        for (const action of actions) tell({ type: "own_event", action });
        kept.wake();
      },
      onRename: (from, to) => tell({ type: "output_renamed", output: to, before: from }),
      ...{ clock, random, pid, uid, acceptStateLoss, takeArrived },
      onDamage: ({ source, count, reason }) => {
        // What is damaged is fetched again: the memory of having it must go.
        for (const known of this.#ledgers.values()) known.refresh();
        tell({ type: "damage", source, records: count, reason });
      },
      host: thisHost(),
      witnessFolder: witnessFolder(environment),
      onStateChange: (change) => tell({ type: "state_changed", ...change }),
      onTightened: (open) => tell({ type: "state_tightened", ...open }),
      onExposed: (above) => tell({ type: "state_exposed", directory: stateDir, above }),
    });
  }

  #ledgerOf(instance: string): Ledger {
    const store = this.#store;
    const load = (day: number) => store.known(instance, day);
    const scratch = (blockBytes: number) => store.scratch(blockBytes);
    const onShow = (day: number) => store.showing(instance, day);
    const found = this.#ledgers.get(instance) ?? ledger({ load, scratch, onShow });
    this.#ledgers.set(instance, found);
    return found;
  }

  #loopOf({ configured, source }: WiredSource, files: PartFiles): Ingest {
    const { name, poll_interval: pollIntervalMs } = configured.config;
    const { clock, random, tell, conditions, kept } = this.#options;
    return ingest({
      source,
      store: this.#store,
      ledger: this.#ledgerOf(source.origin.instance),
      random: random.number,
      watch: conditions.ofSource(name),
      withoutRoom: this.#withoutRoom,
      ...{ clock, tell, kept, pollIntervalMs },
      backoff: { minMs: Math.min(1000, pollIntervalMs), maxMs: Math.min(5 * minuteMs, pollIntervalMs) },
      holdIntervalMs: Math.min(minuteMs, pollIntervalMs),
      ...roleOf(configured, this.#config.sources),
      keepLedgerMs: this.#config.spool.keepLedger,
      reload: () => files.look(),
    });
  }
}
