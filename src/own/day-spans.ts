import { dayText } from "../time/clock.ts";

/** Of so many runs one event tells: more go into the next. */
const spansPerFact = 50;

/** UTC days as events tell them. */
export interface DaySpans {
  readonly days: readonly string[];
  readonly count: number;
}

/** UTC days (days since the epoch) as runs, in pieces that one event can tell. */
export function daySpans(days: Iterable<number>): DaySpans[] {
  const pieces: { days: string[]; count: number }[] = [];
  for (const { first, last } of runs([...new Set(days)].sort((one, other) => one - other))) {
    let piece = pieces.at(-1);
    if (piece === undefined || piece.days.length === spansPerFact) {
      piece = { days: [], count: 0 };
      pieces.push(piece);
    }
    piece.days.push(first === last ? dayText(first) : `${dayText(first)}/${dayText(last)}`);
    piece.count += last - first + 1;
  }
  return pieces;
}

function runs(days: readonly number[]): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (const day of days) {
    const run = found.at(-1);
    if (run?.last === day - 1) run.last = day;
    else found.push({ first: day, last: day });
  }
  return found;
}
