import { isOwn } from "../../own/own-origin.ts";
import type { SpooledRecord } from "../../record/record.ts";
import type { GoneRecords, Replay, Replayable } from "../replay.ts";
import type { Replays } from "../replays.ts";
import type { Limit } from "../spool.ts";
import { dayKey } from "./day-count.ts";
import { beginReading, cancelReplay, readFor, shownReplay, taken } from "./replay-reading.ts";
import type { State } from "./state.ts";
import type { Change } from "./transactions.ts";

/** Whose replays they are. */
export interface ReplayDeskOptions {
  readonly change: Change;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The room that records have. */
  readonly maxBytes: number;
}

/** Where replays of this state are begun and ended. */
export function replayDesk(state: State, { change, now, maxBytes }: ReplayDeskOptions): Replays {
  const { replays, chunks, positions } = state;
  return {
    of: (output) => shownReplay(state, output),
    plan: (plan) =>
      change(() => {
        const { position } = positions.of(plan.output);
        const before = replays.running(plan.output);
        const oldest = plan.from === "days" ? position + 1 : chunks.meta().oldest;
        const planned = replays.plan(plan, { oldest, position }, now());
        if (before === undefined) beginReading(state, planned.id, plan, planned.firstSeq, now());
        return shownReplay(state, plan.output) as Replay;
      }),
    cancel: (output) => change(() => cancelReplay(state, output, now())),
    available: (output, first, end) => available(state, output, first, end),
    readFor: (source) => readFor(state, source, maxBytes),
    taken: (id, instance, day) => taken(state, id, instance, day),
    shown: (output, after, limit) => shown(state, output, after, limit),
  };
}

function available(
  { chunks, positions, books }: State,
  output: string,
  first: number,
  end: number,
): Replayable {
  const there = chunks.beyond(0);
  const behind = chunks.beyond(positions.of(output).position);
  let [records, gone] = [0, 0];
  const goneDays = new Set<number>();
  const goneOf = new Map<string, GoneRecords>();
  for (const { source, day, new: kept } of books.rows([output])) {
    if (day < first || day >= end || isOwn({ source })) continue;
    const key = dayKey(source, day);
    const count = there.get(key)?.count ?? 0;
    records += count - (behind.get(key)?.count ?? 0);
    if (kept <= count) continue;
    gone += kept - count;
    goneDays.add(day);
    const before = goneOf.get(source) ?? { source, first: day, end: day, records: 0 };
    goneOf.set(source, {
      source,
      first: Math.min(before.first, day),
      end: Math.max(before.end, day + 1),
      records: before.records + kept - count,
    });
  }
  return { records, gone, goneDays: goneDays.size, goneOf: [...goneOf.values()] };
}

/** Without what the output has given up or set aside, as it had not had that. */
function shown(
  { replays, again, db }: State,
  output: string,
  after: number,
  limit: Limit,
): readonly SpooledRecord[] {
  const replay = replays.running(output);
  if (replay === undefined) return [];
  for (let from = after; ; ) {
    const found = again.read(replay.id, from, limit);
    const last = found.at(-1);
    if (last === undefined) return [];
    const uids = JSON.stringify(found.map(({ uid }) => uid));
    const rows = ["dead_letter", "side"].flatMap((table) =>
      db.all<{ uid: string }>(
        `SELECT uid FROM ${table} WHERE output = ? AND uid IN (SELECT value FROM json_each(?))`,
        output,
        uids,
      ),
    );
    const aside = new Set(rows.map(({ uid }) => uid));
    const left = found.filter(({ uid }) => !aside.has(uid));
    if (left.length > 0) return left;
    from = last.seq;
  }
}
