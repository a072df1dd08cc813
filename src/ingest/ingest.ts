import type { Closing, Cursor, ReadDone, SweepReach } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError, type SourceReason } from "../source/source.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Store } from "../spool/store.ts";
import { type Condition, ConditionKeeper } from "../status/condition.ts";
import { type Backoff, jittered } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import { Wakeup, type WakeupMark } from "../time/wakeup.ts";
import { Comparisons, type WantingSource } from "./comparisons.ts";
import { intake } from "./intake.ts";
import type { Ledger, LedgerReads } from "./ledger.ts";
import { PastDays } from "./past-days.ts";
import { noRoomInSpool } from "./past-room.ts";
import { holds, ReadFailures } from "./read-failures.ts";
import { RoomWait, type WithoutRoom } from "./room-wait.ts";
import { tellingOutputs } from "./telling-outputs.ts";
import { WindowReader } from "./window-reader.ts";

/** A loop may turn so much later than it should before it counts as hanging. */
const graceMs = 60_000;

/** One source and how often it is read. */
export interface IngestOptions {
  readonly source: Source;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** Told every change of the loop's condition. */
  readonly watch?: (condition: Condition) => void;
  readonly pollIntervalMs: number;
  readonly backoff: Backoff;
  /** As `SourceKind.lookback`, of this source. */
  readonly lookbackMs?: number | undefined;
  /** How long a day stays known at least, milliseconds; absent: for ever. */
  readonly keepLedgerMs?: number;
  /** As `SourceKind.sweepReach`, of this source; without it nothing is swept. */
  readonly sweepReach?: (cursor: Cursor) => SweepReach | undefined;
  /** As `SourceKind.closing`, of this source; without it no day is closed. */
  readonly closing?: (cursor: Cursor) => Closing | undefined;
  /** The primaries of a witness: with these nothing is kept, and what is shown is compared. */
  readonly witnessOf?: readonly WantingSource[] | undefined;
  /** As `SourceKind.started`, of this source. */
  readonly started?: WantingSource["started"];
  /** How often a held source is read: one that waits for a person. Milliseconds. */
  readonly holdIntervalMs: number;
  /** Reads this source's secrets and TLS files again; true when something had changed. */
  readonly reload: () => boolean;
  /** Woken when records were kept. */
  readonly kept: Wakeup;
  /** What is shared with the other sources of the spool. */
  readonly withoutRoom?: WithoutRoom;
}

/** One source's way into the spool. */
export interface Ingest {
  /**
   * Polls until `stop`. Ends at once then: what a read in progress has kept stays kept. Rejects with
   * SpoolError when the state cannot be trusted.
   */
  run(stop: AbortSignal): Promise<void>;
  /**
   * Reads until the source has nothing more or `stop` aborts. Rejects with a SourceError that trying again
   * cannot mend.
   */
  runOnce(stop: AbortSignal): Promise<void>;
  /**
   * One read of one window, as soon as the spool has room. Rejects with SourceError when it does not end
   * cleanly.
   */
  readOnce(stop: AbortSignal): Promise<ReadDone>;
  /** Polls without waiting for the interval. */
  pollNow(): void;
}

/** A loop for one source, which `run` starts. */
export function ingest(options: IngestOptions): Ingest {
  return new IngestLoop(options);
}

class IngestLoop implements Ingest {
  readonly #options: IngestOptions;
  readonly #name: string;
  readonly #condition: ConditionKeeper;
  readonly #window: WindowReader;
  readonly #past: PastDays;
  readonly #failures: ReadFailures;
  readonly #room: RoomWait;
  readonly #poll: Wakeup;

  constructor(given: IngestOptions) {
    const options = { ...given, tell: tellingOutputs(given) };
    const { source, clock, watch } = options;
    this.#options = options;
    this.#name = source.origin.source;
    this.#condition = new ConditionKeeper(clock, watch);
    const comparisons = comparisonsOf(options);
    const { steady = options.ledger, days = options.ledger } = comparisons ?? {};
    const ownIntake = (ledger: LedgerReads) => intake({ ...options, ledger, origin: source.origin });
    this.#window = new WindowReader({ ...options, intake: ownIntake(steady) });
    this.#past = new PastDays({ ...options, intake: ownIntake(days), comparisons });
    this.#failures = new ReadFailures({
      ...options,
      name: this.#name,
      condition: this.#condition,
      graceMs,
      noteHold: (reason) => this.#noteHold(reason),
    });
    this.#room = new RoomWait({ ...options, condition: this.#condition, graceMs });
    this.#poll = new Wakeup(clock);
  }

  pollNow(): void {
    this.#poll.wake();
  }

  async run(stop: AbortSignal): Promise<void> {
    const { clock, random, pollIntervalMs } = this.#options;
    while (!stop.aborted) {
      // Whoever asks for a poll while one runs gets another: what is being read may lack what they want to
      // see.
      const mark = this.#poll.mark();
      const began = clock.monotonic();
      let waitMs = jittered(pollIntervalMs, random);
      try {
        const done = await this.readOnce(stop);
        if (!done.caughtUp) continue;
        waitMs = await this.#readPast(waitMs, stop, mark);
      } catch (error) {
        if (stop.aborted) break;
        if (!(error instanceof SourceError)) throw error;
        waitMs = this.#failed(error, (clock.monotonic() - began) / 1000);
        this.#past.waitFor(`waits for a read that ends well: ${error.message}`);
      }
      await this.#poll.wait(waitMs, stop, mark);
    }
    this.#condition.become("stopped", { failures: 0 });
  }

  /**
   * Until the next poll is due or asked for: days that a person wants read once more. Resolves with how long
   * that poll is still off, milliseconds.
   */
  async #readPast(waitMs: number, stop: AbortSignal, mark: WakeupMark): Promise<number> {
    const { clock } = this.#options;
    const until = clock.monotonic() + waitMs;
    const left = () => Math.max(0, until - clock.monotonic());
    const rest = () =>
      this.#condition.become("waiting", {
        failures: 0,
        nextTry: clock.now() + left(),
        stallsAt: until + graceMs,
      });
    rest();
    while (this.#past.waiting && left() > 0 && !stop.aborted && this.#poll.mark() === mark) {
      // As any read it has its own deadline, and is no hang.
      this.#condition.become("working", { failures: 0 });
      const pauseMs = await this.#past.step(stop);
      rest();
      if (pauseMs === undefined) break;
      await this.#poll.wait(Math.min(pauseMs, left()), stop, mark);
    }
    return left();
  }

  async runOnce(stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!stop.aborted) {
      const began = clock.monotonic();
      try {
        const done = await this.readOnce(stop);
        if (done.caughtUp) return this.#condition.become("stopped", { failures: 0 });
      } catch (error) {
        if (stop.aborted) return;
        if (!(error instanceof SourceError)) throw error;
        const waitMs = this.#failed(error, (clock.monotonic() - began) / 1000);
        if (holds(error) && waitMs > 0) throw error;
        await this.#poll.wait(waitMs, stop);
      }
    }
  }

  async readOnce(stop: AbortSignal): Promise<ReadDone> {
    for (;;) {
      if (!this.#options.store.usage().full) {
        try {
          return await this.#read(stop);
        } catch (error) {
          if (!(error instanceof SpoolError && error.failure === "full")) throw error;
        }
      }
      stop.throwIfAborted();
      this.#past.waitFor(noRoomInSpool);
      await this.#room.wait(stop);
    }
  }

  async #read(stop: AbortSignal): Promise<ReadDone> {
    if (!this.#room.tries()) this.#failures.reading();
    const done = await this.#window.read(stop);
    if (this.#room.over()) this.#failures.reading();
    if (done.troubled !== true) this.#failures.over();
    return done;
  }

  /** A hold is told from the spool. On a full disk it is noted with the next try. */
  #noteHold(reason: SourceReason): void {
    try {
      this.#options.store.hold({ output: "", source: this.#name }, reason);
    } catch (error) {
      if (!(error instanceof SpoolError && error.failure === "full")) throw error;
    }
  }

  /** How long to wait before the next try, milliseconds. */
  #failed(error: SourceError, seconds: number): number {
    return this.#failures.failed(error, seconds, this.#window.total());
  }
}

/** Of a witness; undefined for a source whose records are kept. */
function comparisonsOf(options: IngestOptions): Comparisons | undefined {
  const { source, witnessOf, started = () => undefined, lookbackMs } = options;
  if (witnessOf === undefined) return undefined;
  const { source: name } = source.origin;
  const { keepLedgerMs = Number.POSITIVE_INFINITY } = options;
  return new Comparisons({
    ...{ ...options, keepLedgerMs, primaries: witnessOf, witness: { source: name, started } },
    showsChanges: lookbackMs === undefined,
  });
}
