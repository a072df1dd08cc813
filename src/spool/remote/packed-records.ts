import type { SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";

const uidLength = 32;

/** Neighbours that are from one source and were first seen together. */
interface Run {
  readonly count: number;
  readonly source: string;
  readonly observed: Instant;
}

/**
 * Records on their way to another thread. Their bytes are in one piece of memory, one behind the other, which
 * moves there and is not copied; the rest is in columns, as an object for each would cost more than to read
 * it.
 */
export interface PackedRecords {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly seqs: Float64Array<ArrayBuffer>;
  readonly days: Int32Array<ArrayBuffer>;
  readonly late: Uint8Array<ArrayBuffer>;
  /** Of `uidLength` characters each. */
  readonly uids: string;
  readonly runs: readonly Run[];
  readonly faults: ReadonlyMap<number, string>;
}

/** Copies records into memory of their own. */
export function packRecords(records: readonly SpooledRecord[]): PackedRecords {
  const count = records.length;
  const ends = new Uint32Array(count);
  let size = 0;
  for (const [at, { bytes }] of records.entries()) {
    size += bytes.byteLength;
    ends[at] = size;
  }
  const bytes = new Uint8Array(size);
  const seqs = new Float64Array(count);
  const days = new Int32Array(count);
  const late = new Uint8Array(count);
  const faults = new Map<number, string>();
  let uids = "";
  for (const [at, record] of records.entries()) {
    bytes.set(record.bytes, (ends[at] as number) - record.bytes.byteLength);
    seqs[at] = record.seq;
    days[at] = record.day;
    late[at] = record.late ? 1 : 0;
    uids += record.uid;
    if (record.fault !== undefined) faults.set(at, record.fault);
  }
  return { bytes, ends, seqs, days, late, uids, runs: runsOf(records), faults };
}

/** The memory that may move with them. */
export function memoryOf({ bytes, ends, seqs, days, late }: PackedRecords): ArrayBuffer[] {
  return [bytes, ends, seqs, days, late].map(({ buffer }) => buffer);
}

/** The records again; their bytes are parts of the packed ones. */
export function unpackRecords(packed: PackedRecords): SpooledRecord[] {
  const { ends, seqs, days, late, uids, runs, faults } = packed;
  const bytes = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.byteLength);
  const records: SpooledRecord[] = [];
  let start = 0;
  for (const { count, source, observed } of runs)
    for (const until = records.length + count; records.length < until; ) {
      const at = records.length;
      const end = ends[at] as number;
      const fault = faults.get(at);
      const record = {
        seq: seqs[at] as number,
        source,
        uid: uids.slice(at * uidLength, (at + 1) * uidLength),
        day: days[at] as number,
        bytes: bytes.subarray(start, end),
        late: late[at] === 1,
        observed,
      };
      records.push(fault === undefined ? record : { ...record, fault });
      start = end;
    }
  return records;
}

function runsOf(records: readonly SpooledRecord[]): Run[] {
  const runs: { count: number; source: string; observed: Instant }[] = [];
  for (const { source, observed } of records) {
    const run = runs.at(-1);
    if (run?.source === source && run.observed === observed) run.count++;
    else runs.push({ count: 1, source, observed });
  }
  return runs;
}
