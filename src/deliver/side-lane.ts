import type { ReplayPart } from "../spool/replay.ts";
import type { SideCause, SideEntry, Spool, Standing } from "../spool/spool.ts";
import type { Clock } from "../time/clock.ts";
import { type Batch, type Cause, GrowingBatch, type Shape } from "./batch.ts";

/** One entry goes with what follows it for the same cause; suspects go alone. */
const bytesOfOne = 1;
/** So often in a row a batch may be cut off until fewer go; alone, until others go first. */
const mostCuts = 3;

/** What waits beside the run, and where from. */
export interface SideLaneOptions {
  readonly name: string;
  readonly spool: Pick<Spool, "side" | "readAgain">;
  readonly shape: Shape;
  readonly limit: { readonly events: number; readonly bytes: number };
  readonly clock: Clock;
  /** How long suspects rest that are cut off, milliseconds. */
  readonly restMs: number;
}

/** A batch that goes beside the run. */
export interface SideBatch {
  readonly kind: SideCause | "stretch" | "replay";
  readonly batch: Batch;
  /** Ids in the side queue, by `seq`. */
  readonly ids: ReadonlyMap<number, number>;
  /** The entry, where one goes alone. */
  readonly suspect?: SideEntry;
  /** When it is refused again it is given up: the remote takes others. */
  readonly proven: boolean;
  /** Of the replay that it is of, and of which part of that. */
  readonly replayId?: string;
  readonly part?: ReplayPart;
}

/**
 * What goes beside the contiguous run of an output: suspects one by one, dead letters that a person wants
 * sent again, and stretches of the run. A suspect is given up only when it is refused once more after
 * something else was accepted: after it was set aside, or before that when nothing follows which could
 * show it.
 */
export class SideLane {
  readonly #options: SideLaneOptions;
  /** Suspects up to this id may be given up. */
  #ripe = 0;
  /** Something was accepted since suspects of the run were last tried for want of anything that follows. */
  #accepted = false;
  /** The run has set something aside since something was accepted. */
  #setAside = false;
  /** The suspect that was tried last, and was not given up. */
  #after = 0;
  /** Suspects that are given up without another send. */
  #convicted: number[] = [];
  #limit: number;
  /** So often in a row what goes beside the run was cut off. */
  #cuts = 0;
  /** Monotonic milliseconds until which suspects rest. */
  #restsUntil = 0;
  /** Bytes of the largest event that was accepted. */
  #largest = 0;
  /** Suspects that were cut off alone after others were accepted, and their bytes. */
  readonly #cutOff = new Map<number, { readonly entry: SideEntry; readonly bytes: number }>();

  constructor(options: SideLaneOptions) {
    this.#options = options;
    this.#limit = options.limit.events;
  }

  /** The remote took `batch`: what waits up to `lastId` is tried again. */
  accepted(batch: Batch, lastId: number): void {
    const { payloads } = batch;
    for (let at = 0; at < payloads.count; at += 1) this.#largest = Math.max(this.#largest, payloads.size(at));
    this.#ripe = Math.max(this.#ripe, lastId);
    this.#accepted = true;
    this.#setAside = false;
    for (const [id, { bytes }] of this.#cutOff) if (bytes <= this.#largest) this.#cutOff.delete(id);
    this.#convicted = [...this.#cutOff.keys()];
  }

  /** Something beside the run was answered, whatever the answer: the next cut there is the first. */
  answered(): void {
    this.#cuts = 0;
  }

  /** A person changed something: what was accepted before says nothing any more. */
  startAfresh(): void {
    this.#largest = 0;
    this.#restsUntil = 0;
    this.#cuts = 0;
    this.#cutOff.clear();
  }

  /** The run has set something aside. */
  setAside(): void {
    this.#setAside = true;
  }

  /**
   * What should go now, if anything. `nothingFollows` in the run that could show whether others are taken:
   * what was accepted before counts then, for one suspect of those that the run has set aside since.
   */
  async look(standing: Standing, nothingFollows: boolean): Promise<SideBatch | undefined> {
    const { stretch, suspects, retried, heartbeats } = standing;
    const convicted = this.#takeConvicted();
    if (convicted !== undefined) return convicted;
    if (suspects > 0 && this.restMs === 0) {
      const suspect = await this.#next("suspect", this.#after);
      if (suspect !== undefined && suspect.id <= this.#ripe) return this.#alone(suspect, true);
      const [first] = await this.#entries("suspect", 0, { events: 1, bytes: bytesOfOne });
      if (first !== undefined && first.id <= this.#ripe) return this.#alone(first, true);
      const next = nothingFollows && this.#accepted ? await this.#next("suspect", this.#ripe) : undefined;
      if (next !== undefined) {
        this.#ripe = next.id;
        this.#accepted = !this.#setAside;
        return this.#alone(next, true);
      }
    }
    if (heartbeats > 0) return this.#allOf("heartbeat");
    if (retried > 0) return this.#allOf("retry");
    return stretch === undefined ? undefined : this.#stretch(stretch);
  }

  /** A suspect although nothing shows yet that the output takes anything: each in its turn. */
  async lookAnyway({ suspects }: Standing): Promise<SideBatch | undefined> {
    if (suspects === 0 || this.restMs > 0) return undefined;
    const suspect = (await this.#next("suspect", this.#after)) ?? (await this.#next("suspect", 0));
    return suspect === undefined ? undefined : this.#alone(suspect, false);
  }

  /** It was refused or cut off and stays where it is: others are tried before it. */
  passOver({ suspect }: SideBatch): void {
    if (suspect !== undefined) this.#after = suspect.id;
  }

  /**
   * The connection was cut while it was sent. True: often enough, so that another answer than sending it
   * again is needed. A suspect rests then; it dies as `too_large` when it is larger than all that was
   * accepted and something is accepted after this, too.
   */
  cut({ suspect, batch, proven }: SideBatch): boolean {
    this.#cuts++;
    if (this.#cuts < mostCuts) return false;
    this.#cuts = 0;
    if (suspect === undefined || batch.payloads.count === 0) return true;
    this.#restsUntil = this.#options.clock.monotonic() + this.#options.restMs;
    const bytes = batch.payloads.size(0);
    if (proven && bytes > this.#largest) this.#cutOff.set(suspect.id, { entry: suspect, bytes });
    return true;
  }

  /** Events of what was delivered before in one send. */
  get most(): number {
    return this.#limit;
  }

  /** The next send of what was delivered before holds fewer. */
  sendFewer(events: number): void {
    this.#limit = Math.max(1, Math.floor(events / 4));
  }

  sendMore(): void {
    this.#limit = Math.min(this.#options.limit.events, this.#limit * 2);
  }

  /** How long suspects rest from now on, milliseconds; 0: not at all. */
  get restMs(): number {
    return Math.max(0, this.#restsUntil - this.#options.clock.monotonic());
  }

  #takeConvicted(): SideBatch | undefined {
    const id = this.#convicted.pop();
    const found = id === undefined ? undefined : this.#cutOff.get(id);
    if (id === undefined || found === undefined) return undefined;
    this.#cutOff.delete(id);
    const { entry, bytes } = found;
    const detail = `the connection is cut whenever this event of ${bytes} bytes is sent; smaller ones before and after it arrive`;
    const known = new Map([[entry.record.seq, { reason: "too_large" as const, detail }]]);
    const batch = this.#batchOf([entry.record], 1, known);
    return { kind: "suspect", batch, ids: idsOf([entry]), suspect: entry, proven: true };
  }

  #entries(cause: SideCause, after: number, limit: { readonly events: number; readonly bytes: number }) {
    return this.#options.spool.side(this.#options.name, cause, after, limit);
  }

  async #next(cause: SideCause, after: number): Promise<SideEntry | undefined> {
    const [entry] = await this.#entries(cause, after, { events: 1, bytes: bytesOfOne });
    return entry;
  }

  #alone(suspect: SideEntry, proven: boolean): SideBatch {
    const batch = this.#batchOf([suspect.record], 1);
    return { kind: "suspect", batch, ids: idsOf([suspect]), suspect, proven };
  }

  async #allOf(cause: "retry" | "heartbeat"): Promise<SideBatch | undefined> {
    const entries = await this.#entries(cause, 0, this.#options.limit);
    if (entries.length === 0) return undefined;
    const batch = this.#batchOf(
      entries.map(({ record }) => record),
      this.#options.limit.events,
    );
    return { kind: cause, batch, ids: idsOf(entries), proven: false };
  }

  async #stretch({ nextSeq, through }: NonNullable<Standing["stretch"]>): Promise<SideBatch | undefined> {
    const limit = { ...this.#options.limit, events: Math.min(this.#limit, through - nextSeq + 1) };
    const { name, spool } = this.#options;
    const within = (await spool.readAgain(name, nextSeq - 1, limit)).filter(({ seq }) => seq <= through);
    const batch = this.#batchOf(within, limit.events);
    // What was pruned or damaged meanwhile cannot be sent again.
    if (within.length === 0) batch.through = through;
    return { kind: "stretch", batch, ids: new Map(), proven: true };
  }

  #batchOf(records: SideEntry["record"][], events: number, known = nothingKnown): GrowingBatch {
    const { shape, limit } = this.#options;
    const batch = new GrowingBatch((records[0]?.seq ?? 1) - 1, shape, { ...limit, events }, known);
    batch.add(records);
    return batch;
  }
}

const nothingKnown: ReadonlyMap<number, Cause> = new Map();

function idsOf(entries: readonly SideEntry[]): Map<number, number> {
  return new Map(entries.map(({ id, record }) => [record.seq, id]));
}
