import type { SpooledRecord } from "../record/record.ts";
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
  const row = ({ day, source }: SpooledRecord): Row => {
    if (last?.day === day && last.source === source) return last;
    const key = `${day} ${source}`;
    last = rows.get(key) ?? { source, day, delivered: 0, filtered: 0, dead: 0, resent: 0 };
    rows.set(key, last);
    return last;
  };
  const accepted = batch.sent.filter((_, index) => !rejected.has(index));
  if (again) {
    for (const record of accepted) row(record).resent++;
    return { counts: [...rows.values()], dead: [], suspects: [] };
  }
  const dead: DeadLetter[] = [];
  const suspects: DeadLetter[] = [];
  for (const { record, cause, certain } of batch.givenUp)
    (certain || proven ? dead : suspects).push({ record, ...cause, at });
  batch.sent.forEach((record, index) => {
    const cause = rejected.get(index);
    if (cause !== undefined) (proven ? dead : suspects).push({ record, ...cause, at });
  });
  for (const record of accepted) row(record).delivered++;
  for (const letter of dead) row(letter.record).dead++;
  for (const record of batch.filtered) row(record).filtered++;
  return { counts: [...rows.values()], dead, suspects };
}
