import type { Tell } from "../report/report.ts";
import type { ReplayStep } from "../spool/replay.ts";
import type { Batch } from "./batch.ts";
import { ReplayLane, type ReplayLaneOptions } from "./replay-lane.ts";
import type { Settler } from "./settler.ts";
import type { SideBatch } from "./side-lane.ts";

/** So many refusals in a row end a replay: what was delivered once must not become a flood of complaints. */
const mostRefusals = 20;

/** Whose replays are followed. */
export interface ReplayingOptions extends ReplayLaneOptions {
  readonly settler: Settler;
  readonly tell: Tell;
}

/** What a person wants sent again, and what becomes of its batches: its counts, its pace, and its end. */
export class Replaying {
  readonly #options: ReplayingOptions;
  readonly #lane: ReplayLane;
  /** Refused since something was taken. */
  #refusals = 0;

  constructor(options: ReplayingOptions) {
    this.#options = options;
    this.#lane = new ReplayLane(options);
  }

  /** What should go now, if anything. */
  look(): Promise<SideBatch | undefined> {
    return this.#lane.look(this.#options.settler.standing.replay);
  }

  /** How long the next batch still waits, milliseconds; 0 where none does. */
  get restMs(): number {
    return this.#options.settler.standing.replay === undefined ? 0 : this.#lane.restMs;
  }

  /** What `batch`, of which so many were rejected, is for its replay; undefined where it is of none. */
  step({ replayId: id, part = "run" }: SideBatch, batch: Batch, rejected: number): ReplayStep | undefined {
    const { settler } = this.#options;
    if (id === undefined) return undefined;
    const sent = batch.sent.length - rejected;
    const refused = rejected + batch.givenUp.length;
    this.#refusals = sent > 0 ? 0 : this.#refusals + refused;
    const { replay } = settler.standing;
    if (batch.sent.length > 0 && replay !== undefined) this.#lane.sent(batch.sent.length, replay.perSecond);
    const step = { id, part, nextSeq: batch.through + 1, sent, refused };
    if (this.#refusals < mostRefusals) return step;
    const stop = `the output refused ${this.#refusals} events in a row: see its log line "not taken once more"`;
    this.#refusals = 0;
    return { ...step, stop };
  }

  /** It is written down: an end is told. */
  async settled({ id }: ReplayStep): Promise<void> {
    const { name: output, spool, settler, tell } = this.#options;
    if (settler.standing.replay?.id === id) return;
    const replay = await spool.replay(output);
    if (replay?.id !== id || (replay.state !== "done" && replay.state !== "stopped")) return;
    const { state, sent, refused, removed, trouble } = replay;
    tell({ type: "replay_ended", output, id, state, sent, refused, removed, trouble });
  }
}
