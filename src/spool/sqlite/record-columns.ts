import type { DeadLetter } from "../spool.ts";

/** What a row takes beside its record's bytes, about. */
export const rowBytes = 320;

/** The columns of a record that is kept with the reason it was refused for. */
export interface RecordColumns {
  seq: number;
  uid: string;
  source: string;
  day: number;
  late: number;
  fault: string | null;
  observedSeconds: number;
  observedNanos: number;
  reason: string;
  detail: string;
  at: number;
  bytes: Uint8Array;
}

/** In the order of the seal. */
export const recordKeys: readonly (keyof RecordColumns)[] = [
  ...(["seq", "uid", "source", "day", "late", "fault", "observedSeconds", "observedNanos"] as const),
  ...(["reason", "detail", "at", "bytes"] as const),
];

/** A refused record as a row keeps it. */
export function recordColumns({ record, reason, detail, at }: DeadLetter): RecordColumns {
  const { seq, uid, source, day, late, fault = null, observed, bytes } = record;
  const { seconds: observedSeconds, nanos: observedNanos } = observed;
  const place = { seq, uid, source, day, late: late ? 1 : 0, fault };
  return { ...place, observedSeconds, observedNanos, reason, detail, at: Math.floor(at), bytes };
}

/** The refused record of a row. */
export function letterOf(row: RecordColumns): DeadLetter {
  const { seq, uid, source, day, late, fault, observedSeconds, observedNanos, reason, detail, at } = row;
  const record = {
    seq,
    source,
    uid,
    day,
    bytes: Buffer.from(row.bytes),
    late: late !== 0,
    observed: { seconds: observedSeconds, nanos: observedNanos },
    ...(fault === null ? {} : { fault }),
  };
  return { record, reason, detail, at };
}
