import type { NewRecord, SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";

/**
 * Layout, little-endian: version 1, then for each record uid 16, day 4, flags 1, fault's length 2, bytes'
 * length 4, fault, bytes.
 */
const version = 1;
const headBytes = 27;
const lateFlag = 1;
const faultFlag = 2;

/** What chunks are made in, one after the other: new memory for each would keep the collector running. */
let workshop = Buffer.alloc(0);

/**
 * Many records as one buffer: a row each would cost more than everything else. The next call writes over it.
 */
export function encodeChunk(records: readonly NewRecord[]): Buffer {
  let size = 1;
  for (const { bytes, fault } of records)
    size += headBytes + bytes.length + (fault === undefined ? 0 : Buffer.byteLength(fault));
  if (workshop.length < size) workshop = Buffer.allocUnsafeSlow(size);
  const chunk = workshop.subarray(0, size);
  let at = chunk.writeUInt8(version, 0);
  for (const { uid, day, late, fault, bytes } of records) {
    if (uid.length !== 16 || chunk.write(uid, at, 16, "latin1") !== 16) throw new Error(`not a uid: ${uid}`);
    chunk.writeInt32LE(day, at + 16);
    chunk[at + 20] = (late ? lateFlag : 0) | (fault === undefined ? 0 : faultFlag);
    const faultBytes = fault === undefined ? 0 : chunk.write(fault, at + headBytes, "utf8");
    chunk.writeUInt16LE(faultBytes, at + 21);
    chunk.writeUInt32LE(bytes.length, at + 23);
    at += headBytes + faultBytes;
    at += bytes.copy(chunk, at);
  }
  return chunk;
}

/**
 * The records again; their bytes are parts of `chunk`, not copies. Undefined: not a chunk of `count` records.
 */
export function decodeChunk(
  chunk: Buffer,
  {
    firstSeq,
    count,
    source,
    observed,
  }: { firstSeq: number; count: number; source: string; observed: Instant },
): SpooledRecord[] | undefined {
  if (chunk[0] !== version) return undefined;
  const records: SpooledRecord[] = [];
  let at = 1;
  while (at + headBytes <= chunk.length) {
    const flags = chunk[at + 20] as number;
    const faultEnd = at + headBytes + chunk.readUInt16LE(at + 21);
    const end = faultEnd + chunk.readUInt32LE(at + 23);
    if (end > chunk.length) return undefined;
    const record = {
      seq: firstSeq + records.length,
      source,
      uid: chunk.toString("hex", at, at + 16),
      day: chunk.readInt32LE(at + 16),
      bytes: chunk.subarray(faultEnd, end),
      late: (flags & lateFlag) !== 0,
      observed,
    };
    records.push(
      (flags & faultFlag) === 0
        ? record
        : { ...record, fault: chunk.toString("utf8", at + headBytes, faultEnd) },
    );
    at = end;
  }
  return at === chunk.length && records.length === count ? records : undefined;
}
