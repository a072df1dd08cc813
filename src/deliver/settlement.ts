import type { DeadLetter, SettledCounts, Settlement } from "../spool/spool.ts";
import type { Batch, Cause } from "./batch.ts";

/** What became of a batch. */
export interface Judgement {
  /** Indexes into `sent` that the remote did not take. */
  readonly rejected: ReadonlyMap<number, Cause>;
  /** The remote takes others: what it refuses is given up. Otherwise it is only suspected, and set aside. */
  readonly proven: boolean;
  /** Events that were delivered before: outside the balance. */
  readonly again: boolean;
}

/** What of a settlement follows from its batch. */
export type Sorting = Pick<Settlement, "counts" | "dead" | "suspects">;

type Row = { -readonly [Key in keyof SettledCounts]: SettledCounts[Key] };

/** Of every event of `batch`; `at` is epoch milliseconds. */
export function sortOut(batch: Batch, { rejected, proven, again }: Judgement, at: number): Sorting {
  const rows = new Map<string, Row>();
  // Neighbours are of one source and day.
  let last: Row | undefined;
  const row = (source: string, day: number): Row => {
    if (last?.day === day && last.source === source) return last;
    const key = `${day} ${source}`;
    last = rows.get(key) ?? { source, day, delivered: 0, filtered: 0, dead: 0, resent: 0 };
    rows.set(key, last);
    return last;
  };
  const { sent, filtered } = batch;
  const took = (source: string, day: number, events: number) => {
    row(source, day)[again ? "resent" : "delivered"] += events;
  };
  if (rejected.size === 0) sent.forEachStretch(took);
  else
    for (let index = 0; index < sent.length; index += 1)
      if (!rejected.has(index)) took(sent.source(index), sent.day(index), 1);
  if (again) return { counts: [...rows.values()], dead: [], suspects: [] };
  const dead: DeadLetter[] = [];
  const suspects: DeadLetter[] = [];
  for (const { record, cause, certain } of batch.givenUp)
    (certain || proven ? dead : suspects).push({ record, ...cause, at });
  for (const [index, cause] of [...rejected].sort(([one], [other]) => one - other))
    if (index < sent.length) (proven ? dead : suspects).push({ record: sent.at(index), ...cause, at });
  for (const { record } of dead) row(record.source, record.day).dead++;
  filtered.forEachStretch((source, day, events) => {
    row(source, day).filtered += events;
  });
  return { counts: [...rows.values()], dead, suspects };
}
