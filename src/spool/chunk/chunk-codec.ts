import type { NewRecord, SpooledRecord } from "../../record/record.ts";
import type { Instant } from "../../time/clock.ts";

/**
 * Neighbours in spool order as one piece of memory, which may move: from one source, and first seen together.
 */
export interface EncodedChunk {
  readonly firstSeq: number;
  readonly count: number;
  readonly source: string;
  readonly observed: Instant;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

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

/** Whether these bytes are a chunk of so many records. */
export function isChunk(bytes: Uint8Array, count: number): boolean {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  if (bytes[0] !== version) return false;
  let at = 1;
  let records = 0;
  for (; at + headBytes <= length && records <= count; records += 1)
    at += headBytes + view.getUint16(at + 21, true) + view.getUint32(at + 23, true);
  return at === length && records === count;
}

/**
 * The records again, each when it is asked for, by its `seq`; their bytes are parts of the chunk, not copies.
 * It has to be one, see `isChunk`. Objects for all of them would grow old before most had their turn.
 */
export function decodeChunk({ firstSeq, count, source, observed, bytes }: EncodedChunk) {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = startsIn(chunk, count);
  return (seq: number): SpooledRecord => {
    const at = starts[seq - firstSeq] as number;
    const flags = chunk[at + 20] as number;
    const faultEnd = at + headBytes + chunk.readUInt16LE(at + 21);
    const record = {
      seq,
      source,
      uid: chunk.toString("hex", at, at + 16),
      day: chunk.readInt32LE(at + 16),
      bytes: chunk.subarray(faultEnd, faultEnd + chunk.readUInt32LE(at + 23)),
      late: (flags & lateFlag) !== 0,
      observed,
    };
    if ((flags & faultFlag) === 0) return record;
    return { ...record, fault: chunk.toString("utf8", at + headBytes, faultEnd) };
  };
}

/** Where each record starts. */
function startsIn(chunk: Buffer, count: number): Uint32Array {
  const starts = new Uint32Array(count);
  let at = 1;
  for (let record = 0; record < count; record += 1) {
    starts[record] = at;
    at += headBytes + chunk.readUInt16LE(at + 21) + chunk.readUInt32LE(at + 23);
  }
  return starts;
}
