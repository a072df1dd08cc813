import type { OwnFact, SourceBeat } from "../../own/own-fact.ts";
import { ownSource } from "../../own/own-origin.ts";
import { ownRecord } from "../../own/own-record.ts";
import { instantOfMs } from "../../time/clock.ts";
import { aboutOutput } from "./open-holds.ts";
import { backlogOf } from "./outputs.ts";
import type { State } from "./state.ts";

/** Looked at once a minute: what would be due before the next look is due now. */
const earlyMs = 30_000;

/** The outputs that get heartbeats, and how often, milliseconds. */
export type HeartbeatsByOutput = ReadonlyMap<string, number>;

/** Whose heartbeat is due: none of it waits, and the last was made so long ago. */
export function dueHeartbeats({ own, side }: State, every: HeartbeatsByOutput, at: number): string[] {
  return [...every].flatMap(([output, ms]) => {
    const last = own.told("heartbeat", aboutOutput(output)).at;
    const due = at >= last + ms - earlyMs || last > at + ms;
    return due && side.count(output, "heartbeat") === 0 ? [output] : [];
  });
}

/**
 * A heartbeat for one output waits beside its run, so that it overtakes a backlog; for every other output it
 * is filtered already. Joins the caller's transaction.
 */
export function beat(state: State, output: string, at: number): void {
  const { own, books, side, positions, chunks } = state;
  const { stateId } = chunks.meta();
  // Its place is in no run: it is told from others by its time.
  const seq = -at;
  const { untold } = own.told("heartbeat", aboutOutput(output));
  const made = ownRecord(factOf(state, output, at), { stateId, seq, at, untold });
  const { day, bytes, late } = made;
  const uid = Buffer.from(made.uid, "latin1").toString("hex");
  const observed = instantOfMs(at);
  books.fetched(
    ownSource,
    [{ day, fetched: 1, known: 0 }],
    new Map([[day, { new: 1, late: 0, unparseable: 0 }]]),
  );
  const record = { seq, source: ownSource, uid, day, bytes, late, observed };
  side.put(output, "heartbeat", [{ record, reason: "heartbeat", detail: "", at }]);
  for (const row of positions.all()) {
    if (row.name === output) continue;
    positions.put({ ...row, filtered: row.filtered + 1 });
    books.settled(row.name, [{ source: ownSource, day, delivered: 0, filtered: 1, dead: 0, resent: 0 }]);
  }
  own.noteTold("heartbeat", aboutOutput(output), at);
}

function factOf(state: State, output: string, at: number): OwnFact {
  const { events, oldestObserved = at } = backlogOf(state, output);
  const lag_seconds = Math.max(0, Math.round((at - oldestObserved) / 1000));
  return { action: "heartbeat", output, backlog: events, lag_seconds, sources: sourceBeats(state, at) };
}

function sourceBeats({ sources }: State, at: number): SourceBeat[] {
  const names = new Set(sources.configured());
  return sources
    .states()
    .filter(({ source }) => names.has(source))
    .map(({ source, watermark, newestEvent }) => ({
      source,
      ...(watermark === undefined ? {} : { lag_seconds: Math.max(0, Math.round((at - watermark) / 1000)) }),
      ...(newestEvent === undefined ? {} : { newest_event: new Date(newestEvent).toISOString() }),
    }));
}
