import type { Shape } from "../../../src/deliver/batch.ts";
import { deliver } from "../../../src/deliver/deliver.ts";
import type { Deliver } from "../../../src/deliver/deliver-options.ts";
import type { AuditEvent } from "../../../src/event/event.ts";
import { type Ingest, ingest } from "../../../src/ingest/ingest.ts";
import { ledger } from "../../../src/ingest/ledger.ts";
import { parseEntry } from "../../../src/record/parse-entry.ts";
import type { Report } from "../../../src/report/report.ts";
import { SourceError } from "../../../src/source/source.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import type { Store } from "../../../src/spool/store.ts";
import type { Condition } from "../../../src/status/condition.ts";
import { dayMs } from "../../../src/time/clock.ts";
import { Wakeup } from "../../../src/time/wakeup.ts";
import { cloningSpool } from "../../fake/cloning-spool.ts";
import { ManualClock } from "../../fake/manual-clock.ts";
import type { Disk } from "./disk.ts";
import { ModelSource, type Reading } from "./model-source.ts";
import { Crash, Life, type Trouble } from "./process.ts";
import { type Answer, type Manners, Remote } from "./remote.ts";
import { natureOf } from "./truth.ts";

export const batchEvents = 4;
const beginning = Date.parse("2026-08-02T23:00:00Z");
/** Output names, and how the remote behind each one says no. */
export const places = {
  silent: "says_nothing",
  naming: "names_culprit",
  greedy: "takes_what_stood_before",
  partial: "rejects_partly",
} as const satisfies Record<string, Manners>;
export type Place = keyof typeof places;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

/**
 * Everything there is: an audit log, a disk, remotes, and lives of the daemon one after another, made of the
 * real loops.
 */
export class World {
  /** The daemon's clock. Only its wall clock can be set wrongly: the server's follows the monotonic one. */
  readonly clock = new ManualClock(beginning);
  readonly source: ModelSource;
  readonly remotes = new Map<Place, Remote>();
  readonly reports: Report[] = [];
  outputs: Place[] = ["silent", "greedy"];
  deaths = 0;
  /** Dead letters that were retried or dropped. */
  revived = 0;
  /** The spool as it is, without the troubles of a life. */
  state: Store;
  full = false;
  readonly disk: Disk;
  #life = new Life();
  #ingest: Ingest;
  #store: Store;
  #delivers = new Map<Place, Deliver>();
  /** What each loop told last. */
  readonly #conditions = new Map<Place | "source", Condition>();

  constructor(makeDisk: (clock: ManualClock) => Disk) {
    this.disk = makeDisk(this.clock);
    this.source = new ModelSource(() => this.serverNow());
    for (const [place, manners] of Object.entries(places))
      this.remotes.set(place as Place, new Remote(manners));
    this.state = this.disk.open(this.outputs);
    this.#store = this.state;
    this.#ingest = this.#begin();
  }

  serverNow(): number {
    return beginning + this.clock.monotonic();
  }

  remote(place: Place): Remote {
    return this.remotes.get(place) as Remote;
  }

  /** A daemon starts on what lies on the disk. */
  #begin(): Ingest {
    this.#life = new Life();
    this.#life.full = this.full;
    const store = this.#life.spool(this.state);
    this.#store = store;
    const kept = new Wakeup(this.clock);
    this.#conditions.clear();
    const every = {
      kept,
      clock: this.clock,
      random: () => 0.5,
      tell: (report: Report) => void this.reports.push(report),
    };
    this.#delivers = new Map(
      this.outputs.map((name) => [
        name,
        deliver({
          ...every,
          spool: cloningSpool(store),
          watch: (condition) => void this.#conditions.set(name, condition),
          name,
          output: this.remote(name).output(this.#life),
          shape: shapeOf(name),
          limit: { events: batchEvents, bytes: 450 },
          maxWaitMs: 2000,
          sendTimeoutMs: 1,
          backoff: { minMs: 100, maxMs: 5000 },
          holdIntervalMs: 10_000,
          replayWindowMs: name === "greedy" ? 300_000 : 0,
          reload: () => false,
        }),
      ]),
    );
    return ingest({
      ...every,
      store,
      watch: (condition) => void this.#conditions.set("source", condition),
      source: this.source,
      ledger: ledger({
        load: (day) => store.known(this.source.origin.instance, day),
        scratch: (blockBytes) => store.scratch(blockBytes),
        // Nearly all of a day is outside memory, as of one of millions.
        mostInMemory: 4,
      }),
      pollIntervalMs: 60_000,
      backoff: { minMs: 1, maxMs: 1 },
      holdIntervalMs: 1,
      reload: () => false,
    });
  }

  die(power: boolean): void {
    this.deaths++;
    this.#life.dead = true;
    this.disk.crash(power);
    this.state = this.disk.open(this.outputs);
    this.#ingest = this.#begin();
  }

  /** A stop in order, and a start with other outputs or the same. */
  restart(outputs: readonly Place[]): void {
    this.disk.stop();
    this.outputs = [...outputs];
    this.state = this.disk.open(this.outputs);
    this.#ingest = this.#begin();
  }

  setFull(full: boolean): void {
    this.full = full;
    this.#life.full = full;
  }

  /** Lets `work` run into `trouble`; when the process dies of it, another one starts. */
  async under(trouble: Trouble | undefined, work: () => Promise<unknown>): Promise<void> {
    this.#life.plan(trouble);
    await work();
    this.#life.plan(undefined);
    if (this.#life.dead) this.die(trouble?.kind !== "dies_after");
  }

  async poll(reading: Reading): Promise<void> {
    this.source.reading = reading;
    const stop = new AbortController();
    let over = false;
    const loop = this.#ingest;
    const read = expected(loop.readOnce(stop.signal), stop.signal).finally(() => {
      over = true;
    });
    for (let blocked = 0; !over; ) {
      await turn();
      if (this.#conditions.get("source")?.state === "blocked" && ++blocked > 3) stop.abort();
    }
    await read;
  }

  /**
   * `patient`: waits as the daemon does, for more events and for the remote; otherwise drains as at a stop.
   */
  async deliver(place: Place, script: readonly Answer[], patient: boolean): Promise<void> {
    const loop = this.#delivers.get(place);
    if (loop === undefined) return;
    const drain = new AbortController();
    const halt = new AbortController();
    const remote = this.remote(place);
    remote.script = [...script];
    remote.scriptDone = () => halt.abort();
    if (!patient) drain.abort();
    let over = false;
    const running = expected(
      loop.run({ drain: drain.signal, halt: halt.signal, deadline: never }),
      never,
    ).finally(() => {
      over = true;
    });
    if (patient) {
      for (let turns = 0; !over && !halt.signal.aborted && turns < 400; turns++) {
        await turn();
        if (this.#conditions.get(place)?.state === "idle") break;
      }
      drain.abort();
      halt.abort();
    }
    await running;
    remote.script = [];
    remote.scriptDone = () => {};
  }

  /** A command works on the state beside the loops. */
  commanded(work: (store: Store) => number): void {
    try {
      this.revived += work(this.#store);
    } catch (error) {
      if (!(error instanceof Crash || error instanceof SpoolError)) throw error;
    }
  }

  /** A person looked at an output and says: go on. */
  repair(place: Place): void {
    this.#delivers.get(place)?.retryNow();
  }

  /** Until nothing waits; what a remote refuses several times in a row needs a person each time. */
  async drain(): Promise<void> {
    for (const place of this.outputs)
      for (let tries = 0; this.state.backlog(place).events > 0 && tries < 300; tries++) {
        this.repair(place);
        await this.deliver(place, [], false);
      }
  }

  prune(): void {
    while (this.state.prune(this.clock.now() + dayMs) > 0);
  }

  remove(): void {
    this.#life.dead = true;
    this.disk.remove();
  }
}

/** What ends a loop's work and is no bug. */
async function expected(work: Promise<unknown>, stop: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    const known = error instanceof SourceError || error instanceof SpoolError || error instanceof Crash;
    if (!known && !stop.aborted) throw error;
  }
}

/** The event is its text; one output does not want some. */
function shapeOf(place: Place): Shape {
  return {
    decode: (record) => {
      const raw = Buffer.from(record.bytes).toString();
      const action = parseEntry(Buffer.from(raw)) === undefined ? "unparseable" : "run:update";
      const origin = { source: record.uid };
      return { uid: record.uid, origin, raw, action, tags: [] } as unknown as AuditEvent;
    },
    wanted: (event) => wants(place, event.raw),
    // Payloads of every size, so that batches end by bytes as well as by number.
    encode: (event, into) => into.text(event.raw + " ".repeat(Number.parseInt(event.uid.slice(0, 2), 16))),
    replayed: () => shapeOf(place),
  };
}

export function isOwnText(text: string): boolean {
  return text.includes('"action":"wandb-audit-forwarder:');
}

/** What the program tells of itself passes every filter, and does not go to the output that it is about. */
export function wants(place: Place, text: string): boolean {
  if (isOwnText(text)) return (JSON.parse(text) as { output?: string }).output !== place;
  return place !== "naming" || natureOf(text) !== "unwanted";
}
