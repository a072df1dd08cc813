import type { AuditEvent } from "../event/event.ts";
import type { DeliveryReason, Outgoing, Payload } from "../output/output.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { DeadLetter, Limit, SettledCounts } from "../spool/spool.ts";
import { msOfInstant } from "../time/clock.ts";

/** Why an event of a batch will not be sent (again). */
export interface Cause {
  readonly reason: DeliveryReason;
  readonly detail: string;
}

/** How a record becomes a payload, or is left out. Pure. */
export interface Shape {
  decode(record: SpooledRecord): AuditEvent;
  wanted(event: AuditEvent): boolean;
  encode(event: AuditEvent): Payload;
}

/** What one send carries, and everything the spool must know once it is settled. A pure function of the spool: never kept anywhere. */
export interface Batch {
  /** `outgoing[i]` was made from `sent[i]`. */
  readonly outgoing: readonly Outgoing[];
  readonly sent: readonly SpooledRecord[];
  readonly filtered: readonly SpooledRecord[];
  readonly givenUp: readonly { readonly record: SpooledRecord; readonly cause: Cause }[];
  /** The position after this batch. */
  readonly through: number;
  /** Event times of `sent`, epoch milliseconds; undated ones are left out. */
  readonly times: readonly number[];
  /** It reached a limit: waiting would not make it bigger. */
  readonly full: boolean;
  readonly unknownActions: ReadonlyMap<string, number>;
}

/** Makes a batch of the first of `records` that fit `limit`. `givenUp` holds verdicts by `seq`. */
export function makeBatch(
  records: readonly SpooledRecord[],
  shape: Shape,
  limit: Limit,
  givenUp: ReadonlyMap<number, Cause>,
): Batch | undefined {
  const last = records.at(-1);
  if (last === undefined) return undefined;
  const outgoing: Outgoing[] = [];
  const sent: SpooledRecord[] = [];
  const filtered: SpooledRecord[] = [];
  const dead: { record: SpooledRecord; cause: Cause }[] = [];
  const times: number[] = [];
  const unknownActions = new Map<string, number>();
  let bytes = 0;
  let through = last.seq;
  let full = records.length >= limit.events;
  for (const record of records) {
    const cause = givenUp.get(record.seq);
    if (cause !== undefined) {
      dead.push({ record, cause });
      continue;
    }
    let event: AuditEvent;
    let payload: Payload;
    try {
      event = shape.decode(record);
      if (!shape.wanted(event)) {
        filtered.push(record);
        continue;
      }
      payload = shape.encode(event);
    } catch (error) {
      // A format that throws is a bug, but one bad event must not stop the log for good.
      const detail = `cannot be formatted: ${error instanceof Error ? error.name : typeof error}`;
      dead.push({ record, cause: { reason: "bad_event", detail } });
      continue;
    }
    const size = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    if (bytes + size > limit.bytes && outgoing.length > 0) {
      through = record.seq - 1;
      full = true;
      break;
    }
    bytes += size;
    outgoing.push({ uid: record.uid, payload });
    sent.push(record);
    if (event.time !== undefined) times.push(msOfInstant(event.time));
    if (event.tags.includes("wandb_unknown_action"))
      unknownActions.set(record.source, (unknownActions.get(record.source) ?? 0) + 1);
  }
  return { outgoing, sent, filtered, givenUp: dead, through, times, full, unknownActions };
}

/** What the spool is told when a batch is done: `rejected` are indexes into `sent` that the remote did not take. */
export function settlement(
  batch: Batch,
  rejected: ReadonlyMap<number, Cause>,
  at: number,
): { counts: SettledCounts[]; dead: DeadLetter[] } {
  const rows = new Map<
    string,
    { source: string; day: number; delivered: number; filtered: number; dead: number }
  >();
  const row = (record: SpooledRecord) => {
    const key = `${record.day} ${record.source}`;
    let found = rows.get(key);
    if (found === undefined) {
      found = { source: record.source, day: record.day, delivered: 0, filtered: 0, dead: 0 };
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
