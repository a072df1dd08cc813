import { isOwn } from "../../own/own-origin.ts";
import type { Replayable, Replays } from "../replay.ts";
import { dayKey } from "./day-count.ts";
import type { State } from "./state.ts";
import type { Change } from "./transactions.ts";

/** Where replays of this state are begun and ended. `now` gives epoch milliseconds. */
export function replayDesk(state: State, change: Change, now: () => number): Replays {
  const { replays, chunks, positions } = state;
  return {
    of: (output) => replays.of(output),
    plan: (plan) =>
      change(() => {
        const { position } = positions.of(plan.output);
        return replays.plan(plan, { oldest: chunks.meta().oldest, position }, now());
      }),
    cancel: (output) => change(() => replays.cancel(output, now())),
    available: (output, first, end) => available(state, output, first, end),
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
  for (const { source, day, new: kept } of books.rows([output])) {
    if (day < first || day >= end || isOwn({ source })) continue;
    const key = dayKey(source, day);
    const count = there.get(key)?.count ?? 0;
    records += count - (behind.get(key)?.count ?? 0);
    if (kept <= count) continue;
    gone += kept - count;
    goneDays.add(day);
  }
  return { records, gone, goneDays: goneDays.size };
}
