import type { AuditEvent } from "../event/event.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { ReplayTurn, SpoolPart } from "../spool/replay.ts";
import type { DeliverySpool, Limit } from "../spool/spool.ts";
import { type Clock, dayMs } from "../time/clock.ts";
import { GrowingBatch, type Shape } from "./batch.ts";
import { chosen } from "./chosen.ts";
import type { SideBatch } from "./side-lane.ts";

/** So many reads without anything to send, then what was passed is written down. */
const mostReads = 16;

/** What a replay is sent with. */
export interface ReplayLaneOptions {
  readonly name: string;
  readonly spool: Pick<DeliverySpool, "readAgain" | "replay">;
  readonly shape: Shape;
  readonly limit: Limit;
  readonly clock: Clock;
  /** Events that one send of what was delivered before may hold just now. */
  readonly most: () => number;
}

/** What a replay chooses and carries. */
interface Known {
  readonly id: string;
  readonly part: SpoolPart;
  readonly chosen: (event: AuditEvent) => boolean;
  readonly shape: Shape;
}

/** What a person wants sent again: it goes when the run has nothing to send, and no faster than asked for. */
export class ReplayLane {
  readonly #options: ReplayLaneOptions;
  #known: Known | undefined;
  /** Monotonic milliseconds before which nothing goes. */
  #notBefore = 0;

  constructor(options: ReplayLaneOptions) {
    this.#options = options;
  }

  /** How long the next batch still waits, milliseconds. */
  get restMs(): number {
    return Math.max(0, this.#notBefore - this.#options.clock.monotonic());
  }

  /** What should go now, if anything. */
  async look(turn: ReplayTurn | undefined): Promise<SideBatch | undefined> {
    if (turn === undefined || this.restMs > 0) return undefined;
    const known = await this.#of(turn);
    if (known === undefined) return undefined;
    const { limit, most } = this.#options;
    const events = Math.max(1, Math.min(limit.events, most(), turn.perSecond));
    const { records, through } = await this.#find(known, turn, events);
    const batch = new GrowingBatch(turn.nextSeq - 1, known.shape, { ...limit, events }, new Map());
    batch.add(records);
    // Unless some did not fit, all up to there is done with.
    if (batch.size === records.length) batch.through = through;
    return { kind: "replay", batch, ids: new Map(), proven: true, replayId: turn.id };
  }

  /** So many events were sent: the next ones wait for as long as that is meant to take. */
  sent(events: number, perSecond: number): void {
    this.#notBefore = this.#options.clock.monotonic() + (events / perSecond) * 1000;
  }

  async #of({ id, through }: ReplayTurn): Promise<Known | undefined> {
    if (this.#known?.id === id) return this.#known;
    const { name, spool, shape } = this.#options;
    const replay = await spool.replay(name);
    if (replay?.id !== id) return undefined;
    const { from, to } = replay.filter;
    const part = { through, first: Math.floor(from / dayMs), end: Math.ceil(to / dayMs) };
    this.#known = { id, part, chosen: chosen(replay.filter), shape: shape.labelled(id) };
    return this.#known;
  }

  /** The next ones that are wanted, and how far was looked for them. */
  async #find({ part, chosen: isChosen }: Known, { nextSeq, through }: ReplayTurn, events: number) {
    const { name, spool, shape, limit } = this.#options;
    const records: SpooledRecord[] = [];
    let passed = nextSeq - 1;
    for (let reads = 0; reads < mostReads && records.length === 0; reads++) {
      // Where most are wanted so many are enough, and elsewhere the next reads are as large as they may be.
      const size = reads === 0 ? { ...limit, events } : limit;
      const found = await spool.readAgain(name, passed, size, part);
      if (found.length === 0) return { records, through };
      for (const record of found) {
        passed = record.seq;
        if (isChosen(shape.decode(record)) && records.push(record) >= events) break;
      }
    }
    return { records, through: passed };
  }
}
