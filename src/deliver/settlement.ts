import type { SpooledRecord } from "../record/record.ts";
import type { DeadLetter, SettledCounts } from "../spool/spool.ts";
import type { Batch, Cause } from "./batch.ts";

/** What the spool is told when a batch is done. */
export interface Settlement {
  readonly counts: readonly SettledCounts[];
  readonly dead: readonly DeadLetter[];
}

type Row = { -readonly [Key in keyof SettledCounts]: SettledCounts[Key] };

/** `rejected` are indexes into `sent` that the remote did not take; `at` is epoch milliseconds. */
export function settlementOf(batch: Batch, rejected: ReadonlyMap<number, Cause>, at: number): Settlement {
  const rows = new Map<string, Row>();
  const row = ({ day, source }: SpooledRecord): Row => {
    const key = `${day} ${source}`;
    let found = rows.get(key);
    if (found === undefined) {
      found = { source, day, delivered: 0, filtered: 0, dead: 0 };
      rows.set(key, found);
    }
    return found;
  };
  const dead: DeadLetter[] = batch.givenUp.map(({ record, cause }) => ({ record, ...cause, at }));
  batch.sent.forEach((record, index) => {
    const cause = rejected.get(index);
    if (cause === undefined) row(record).delivered++;
    else dead.push({ record, ...cause, at });
  });
  for (const letter of dead) row(letter.record).dead++;
  for (const record of batch.filtered) row(record).filtered++;
  return { counts: [...rows.values()], dead };
}
