import type { ReadDone } from "../record/reading.ts";
import type { Tell } from "../report/report.ts";
import { type Source, SourceError, type SourceReason } from "../source/source.ts";
import { fullSpool } from "../spool/full-spool.ts";
import { type Spool, SpoolError } from "../spool/spool.ts";
import type { Condition } from "../status/condition.ts";
import { type Backoff, backoffMs, jittered } from "../time/backoff.ts";
import { type Clock, dayText } from "../time/clock.ts";
import { Wakeup } from "../time/wakeup.ts";
import { intake } from "./intake.ts";
import type { Ledger } from "./ledger.ts";

const roomCheckMs = 2_000;
/** Failures that last until somebody changes a setting. */
const needsPerson: ReadonlySet<SourceReason> = new Set([
  "unauthorized",
  "forbidden",
  "multiple_organizations",
  "not_found",
  "bad_request",
  "redirect",
]);

export interface IngestOptions {
  readonly source: Source;
  readonly spool: Spool;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  readonly pollIntervalMs: number;
  readonly backoff: Backoff;
  /** Rung when records were kept. */
  readonly kept: Wakeup;
}

/** One source's way into the spool. */
export interface Ingest {
  /** Polls until `stop`. Ends at once then: what a read in progress has kept stays kept. Rejects with SpoolError when the state cannot be trusted. */
  run(stop: AbortSignal): Promise<void>;
  /** Reads until the source has nothing more or `stop` aborts. Rejects with a SourceError that trying again cannot mend. */
  runOnce(stop: AbortSignal): Promise<void>;
  /** One read of one window, as soon as the spool has room. Rejects with SourceError when it does not end cleanly. */
  readOnce(stop: AbortSignal): Promise<ReadDone>;
  /** Polls without waiting for the interval. */
  pollNow(): void;
  condition(): Condition;
}

export function ingest(options: IngestOptions): Ingest {
  const { source, spool, ledger, clock, random, tell, pollIntervalMs, backoff } = options;
  const { source: name } = source.origin;
  let watermark = spool.sources().find((state) => state.source === name)?.watermark;
  const records = intake({ ...options, origin: source.origin });
  let condition: Condition = {
    state: "idle",
    since: clock.monotonic(),
    failures: 0,
    stallsAt: Number.POSITIVE_INFINITY,
  };
  const shrunk = new Map<number, number>();
  const poll = new Wakeup(clock);
  let asked = false;

  function become(state: Condition["state"], rest: Partial<Condition>): void {
    const since = condition.state === state ? condition.since : clock.monotonic();
    condition = { failures: condition.failures, stallsAt: Number.POSITIVE_INFINITY, ...rest, state, since };
  }

  async function readPieces(reading: ReturnType<Source["read"]>, stop: AbortSignal): Promise<ReadDone> {
    try {
      let step = await reading.next();
      for (; step.done !== true; step = await reading.next()) records.take(step.value, watermark);
      records.keep();
      return step.value;
    } catch (error) {
      // What came before a cut or a stop need not come again.
      if (error instanceof SourceError || stop.aborted) records.keep();
      throw error;
    }
  }

  /** One read of one window. Whatever was kept before a failure stays kept; the cursor moves only at the clean end. */
  async function readWindow(stop: AbortSignal): Promise<ReadDone> {
    const began = clock.monotonic();
    records.begin();
    const reading = source.read(spool.cursor(name), stop, spool.owed(name));
    try {
      const done = await readPieces(reading, stop);
      spool.finishWindow(name, done, records.takeCounts(), clock.now());
      watermark = done.watermark ?? watermark;
      tell({
        type: "poll_done",
        source: name,
        ...records.total(),
        seconds: (clock.monotonic() - began) / 1000,
        caughtUp: done.caughtUp,
      });
      for (const text of done.notices) tell({ type: "source_notice", source: name, text });
      for (const gap of done.gaps)
        tell({ type: "source_gap", source: name, day: dayText(gap.day), reason: gap.reason });
      tellShrunkDays(done);
      return done;
    } catch (error) {
      records.forget();
      throw error;
    } finally {
      await reading.return?.(undefined as never);
    }
  }

  /** A day that shows fewer records than before: nothing is taken back, but somebody should know. */
  function tellShrunkDays({ covered }: ReadDone): void {
    const first = Math.ceil(covered.from / 86_400_000);
    const end = Math.floor(covered.to / 86_400_000);
    for (let day = first; day < end; day++) {
      const { known, seen } = ledger.totals(day);
      if (seen >= known || shrunk.get(day) === seen) continue;
      shrunk.set(day, seen);
      tell({ type: "day_shrank", source: name, day: dayText(day), before: known, now: seen });
    }
  }

  /** At the limit the daemon stops reading: the source still has what it has. Deliveries and pruning make room. */
  async function waitForRoom(stop: AbortSignal): Promise<void> {
    const { bytes, maxBytes, diskFull } = spool.usage();
    if (condition.state !== "blocked") tell({ type: "spool_full", bytes, maxBytes, diskFull });
    become("blocked", {
      reason: "spool_full",
      ...fullSpool({ bytes, maxBytes, diskFull }),
      stallsAt: clock.monotonic() + 65_000,
    });
    // What every output has settled by now makes room, without waiting for the next upkeep.
    if (spool.prune(clock.now()) === 0) await clock.sleep(roomCheckMs, stop);
  }

  function failed(error: SourceError, seconds: number): number {
    const failures = condition.failures + 1;
    const retryInMs = Math.max(error.retryAfterMs ?? 0, backoffMs(failures, backoff, random));
    const { reason, message, fix } = error;
    tell({
      type: "poll_failed",
      source: name,
      reason,
      message,
      fix,
      retryInMs,
      seconds,
      kept: records.total(),
    });
    become("retrying", {
      failures,
      reason,
      detail: message,
      fix,
      nextTry: clock.now() + retryInMs,
      stallsAt: clock.monotonic() + retryInMs + 60_000,
    });
    return retryInMs;
  }

  /** Waits for the next poll, unless somebody asked for one meanwhile: what is being read may lack what they want to see. */
  async function rest(ms: number, stop: AbortSignal): Promise<void> {
    if (!asked) await poll.wait(ms, stop);
    asked = false;
  }

  async function readOnce(stop: AbortSignal): Promise<ReadDone> {
    for (;;) {
      const { bytes, maxBytes, full } = spool.usage();
      if (!full) {
        if (condition.state === "blocked") tell({ type: "spool_room", bytes, maxBytes });
        // The source enforces its own deadline for a whole read, so a read in progress is not a hang.
        become(
          "working",
          condition.failures === 0 ? {} : { ...condition, stallsAt: Number.POSITIVE_INFINITY },
        );
        try {
          const done = await readWindow(stop);
          if (condition.failures > 0)
            tell({ type: "source_recovered", source: name, failures: condition.failures });
          become("idle", { failures: 0 });
          return done;
        } catch (error) {
          if (!(error instanceof SpoolError && error.failure === "full")) throw error;
        }
      }
      stop.throwIfAborted();
      await waitForRoom(stop);
    }
  }

  return {
    condition: () => condition,

    readOnce,

    pollNow() {
      asked = true;
      poll.wake();
    },

    async run(stop) {
      while (!stop.aborted) {
        const began = clock.monotonic();
        let waitMs = jittered(pollIntervalMs, random);
        try {
          const done = await readOnce(stop);
          if (!done.caughtUp) continue;
          become("waiting", {
            failures: 0,
            nextTry: clock.now() + waitMs,
            stallsAt: clock.monotonic() + waitMs + 60_000,
          });
        } catch (error) {
          if (stop.aborted) break;
          if (error instanceof SourceError) waitMs = failed(error, (clock.monotonic() - began) / 1000);
          else throw error;
        }
        await rest(waitMs, stop);
      }
      become("stopped", { failures: 0 });
    },

    async runOnce(stop) {
      while (!stop.aborted) {
        const began = clock.monotonic();
        try {
          const done = await readOnce(stop);
          if (done.caughtUp) return;
        } catch (error) {
          if (stop.aborted) return;
          if (!(error instanceof SourceError)) throw error;
          const waitMs = failed(error, (clock.monotonic() - began) / 1000);
          if (needsPerson.has(error.reason)) throw error;
          await poll.wait(waitMs, stop);
        }
      }
    },
  };
}
