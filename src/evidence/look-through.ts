import { type Identity, ledgerIdentity } from "../ingest/identity.ts";
import type { LookedDay } from "../ingest/looked-day.ts";
import { holds } from "../ingest/read-failures.ts";
import { type Entry, entryTime } from "../record/entry.ts";
import type { Piece } from "../record/passage.ts";
import type { Cursor } from "../record/reading.ts";
import type { RawRecord } from "../record/record.ts";
import { type Source, SourceError } from "../source/source.ts";
import type { Clock, Instant } from "../time/clock.ts";

/** So often a day is begun, where what failed may go better the next time. */
const mostTries = 3;
const pauseMs = 2_000;
const longestPauseMs = 60_000;

/** A UTC day that is looked through. */
export interface DayAsked {
  readonly source: Source;
  readonly day: number;
  /** Of the steady reads, for what they have learned. */
  readonly cursor: Cursor | undefined;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Told how many records were shown so far. */
  readonly progress: (records: number) => void;
}

/** A record that is shown: the `ordinal`-th of its identity, from 1. */
export interface ReadTwin {
  readonly identity: Identity;
  readonly ordinal: number;
  readonly entry: Entry;
  readonly time: Instant;
}

/**
 * Shows `looked` all of a day, and `each` every record of it once. Resolves with why the source cannot show
 * all of it; undefined when it has. Rejects with SourceError, and with what `stop` was aborted with.
 */
export async function lookThrough(
  asked: DayAsked,
  looked: LookedDay,
  each: (twin: ReadTwin) => void = () => {},
): Promise<string | undefined> {
  const { source, clock, stop } = asked;
  let place: string | undefined;
  for (let tries = 1; ; ) {
    const reading = source.readDay({ day: asked.day, cursor: asked.cursor, place }, stop);
    looked.beginRead();
    try {
      let step = await reading.next();
      for (; step.done !== true; step = await reading.next()) take(step.value, asked, looked, each);
      const { whole, gap } = step.value;
      if (whole) return gap;
      place = step.value.place;
    } catch (error) {
      stop.throwIfAborted();
      if (!(error instanceof SourceError) || holds(error) || tries++ >= mostTries) throw error;
      await clock.sleep(Math.min(error.retryAfterMs ?? pauseMs, longestPauseMs), stop);
    } finally {
      await reading.return?.(undefined as never);
    }
  }
}

function take(piece: Piece, asked: DayAsked, looked: LookedDay, each: (twin: ReadTwin) => void): void {
  for (const part of piece) for (const record of recordsOf(part)) see(record, asked, looked, each);
  asked.progress(looked.shown);
}

/** What is read to be verified comes as records; a passage would be one that is read now. */
function recordsOf(part: Piece[number]): readonly RawRecord[] {
  return "bytes" in part ? [part] : part.records();
}

function see(
  record: RawRecord,
  { source, day }: DayAsked,
  looked: LookedDay,
  each: (twin: ReadTwin) => void,
): void {
  const { entry, page = 0 } = record;
  const time = entry === undefined ? undefined : entryTime(entry);
  if (entry === undefined || time === undefined || Math.floor(time.seconds / 86_400) !== day) return;
  const identity = ledgerIdentity(entry, time, source.origin.instance);
  const at = looked.known.numberOf(identity);
  const before = looked.times.get(at);
  looked.see(at, page, () => record);
  const ordinal = looked.times.get(at);
  if (ordinal > before) each({ identity, ordinal, entry, time });
}
