import type { DayDone } from "../record/reading.ts";
import type { DayOutcome, DayTask } from "./day-task.ts";
import type { ReadEnd } from "./decided.ts";

/** What is known of a read of a day that ended cleanly. */
export interface ReadOfDay {
  readonly task: Pick<DayTask, "key" | "seen">;
  readonly done: DayDone;
  readonly end: ReadEnd;
  /** Records of the day that this source had shown before, and that were shown so far. */
  readonly known: number;
  readonly seen: number;
  /** The task whose twins the read before showed on two pages only: this one decides. */
  readonly doubtful: string | undefined;
}

/** What it came to, and whether its twins are in doubt. */
export function dayOutcome({ task, done, end, known, seen, doubtful }: ReadOfDay): {
  readonly outcome: DayOutcome;
  readonly doubtful: string | undefined;
} {
  const { doubted, renewed, missing } = end;
  const { place, whole, gap } = done;
  const again = missing > 0 || (doubted > 0 && (renewed || doubtful !== task.key));
  if (again)
    return { outcome: { end: "again", seen: task.seen }, doubtful: doubted > 0 ? task.key : undefined };
  if (!whole) return { outcome: { end: "more", place, seen }, doubtful: undefined };
  const lost =
    known > 0 && seen === 0 ? `nothing of it is shown any more, where ${known} records are known` : undefined;
  return { outcome: { end: "passed", place, seen, lack: gap ?? lost }, doubtful: undefined };
}
