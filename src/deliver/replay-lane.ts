import type { AuditEvent } from "../event/event.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { ReplayPart, ReplayTurn, SpoolPart } from "../spool/replay.ts";
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
  readonly spool: Pick<DeliverySpool, "readAgain" | "replay" | "shown">;
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

/** What goes next: records of this part from `seq` on, `through` its end. */
interface Next {
  readonly part: ReplayPart;
  readonly seq: number;
  readonly through: number;
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
    const next = nextOf(turn);
    if (next === undefined) return undefined;
    const { limit, most } = this.#options;
    const events = Math.max(1, Math.min(limit.events, most(), turn.perSecond));
    const { records, through } = await this.#find(known, next, events);
    const batch = new GrowingBatch(next.seq - 1, known.shape, { ...limit, events }, new Map());
    batch.add(records);
    // Unless some did not fit, all up to there is done with.
    if (batch.size === records.length) batch.through = through;
    const { part } = next;
    return { kind: "replay", batch, ids: new Map(), proven: true, replayId: turn.id, part };
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
    this.#known = { id, part, chosen: chosen(replay.filter), shape: shape.replayed(id) };
    return this.#known;
  }

  /** The next ones that are wanted, and how far was looked for them. */
  async #find({ part: days, chosen: isChosen }: Known, { part, seq, through }: Next, events: number) {
    const { name, spool, shape, limit } = this.#options;
    const read = (after: number, size: Limit) =>
      part === "run" ? spool.readAgain(name, after, size, days) : spool.shown(name, after, size);
    const records: SpooledRecord[] = [];
    let passed = seq - 1;
    for (let reads = 0; reads < mostReads && records.length === 0; reads++) {
      // Where most are wanted so many are enough, and elsewhere the next reads are as large as they may be.
      const size = reads === 0 ? { ...limit, events } : limit;
      const found = await read(passed, size);
      if (found.length === 0) return { records, through };
      for (const record of found) {
        passed = record.seq;
        if (isChosen(shape.decode(record)) && records.push(record) >= events) break;
      }
    }
    return { records, through: passed };
  }
}

/**
 * What sources have shown goes first, as it takes room that the next of it needs. Undefined: more is still to
 * be shown. With nothing left, what ends the replay: the end of its part of the run.
 */
function nextOf({ nextSeq, through, shown }: ReplayTurn): Next | undefined {
  if (shown.next < shown.free) return { part: "shown", seq: shown.next, through: shown.free - 1 };
  if (nextSeq <= through || !shown.grows) return { part: "run", seq: nextSeq, through };
  return undefined;
}
