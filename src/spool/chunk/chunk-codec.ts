import { kernel, kernelBytes, kernelPlaces } from "../../kernel/kernel.ts";
import type { SpooledRecord } from "../../record/record.ts";
import { RecordInPlace } from "../../record/record-in-place.ts";
import { copyBytes, viewOf } from "../../text/copy.ts";
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
const { keptAt } = kernelPlaces;
/** What stands in front of each record's fault and bytes. */
export const recordHeadBytes = 27;
const lateFlag = 1;
const faultFlag = 2;
const uidBytes = 16;
/** No byte. */
const wide = 256;

/** Longer ones are copied faster by the call that copies. */
const mostInWords = 1024;

/** Begins a chunk; gives back where its first record goes. */
export function startChunk(chunk: DataView): number {
  chunk.setUint8(0, version);
  return 1;
}

/**
 * Writes a record that stands in `memory` from `start` to `end` into a chunk that has room for it. Gives back
 * where the next one goes. Throws where the uid is not 16 bytes.
 */
export function writeRecord(
  chunk: DataView,
  at: number,
  uid: string,
  day: number,
  late: boolean,
  fault: Buffer,
  memory: DataView,
  start: number,
  end: number,
): number {
  writeUid(chunk, at, uid);
  chunk.setInt32(at + 16, day, true);
  chunk.setUint8(at + 20, (late ? lateFlag : 0) | (fault.length === 0 ? 0 : faultFlag));
  chunk.setUint16(at + 21, fault.length, true);
  chunk.setUint32(at + 23, end - start, true);
  const to = at + recordHeadBytes + fault.length;
  const count = end - start;
  for (let place = 0; place < fault.length; place += 1)
    chunk.setUint8(at + recordHeadBytes + place, fault[place] as number);
  if (count <= mostInWords) copyBytes(memory, start, chunk, to, count);
  else new Uint8Array(chunk.buffer, to).set(new Uint8Array(memory.buffer, start, count));
  return to + count;
}

/**
 * The same of rows that lie in the kernel with their uids, from one up to another, see `EntryRows`: `day` and
 * `late` are so of all.
 */
export function writeRows(
  chunk: DataView,
  at: number,
  from: number,
  to: number,
  day: number,
  late: boolean,
): number {
  const end = kernel.writeRecords(from, to, day, late ? lateFlag : 0);
  new Uint8Array(chunk.buffer, at).set(kernelBytes.subarray(keptAt, end));
  return at + end - keptAt;
}

/** Faster than the call that writes a text, for so few. */
function writeUid(chunk: DataView, at: number, uid: string): void {
  let seen = uid.length === uidBytes ? 0 : wide;
  for (let place = 0; place < uidBytes; place += 1) {
    const byte = uid.charCodeAt(place);
    seen |= byte;
    chunk.setUint8(at + place, byte);
  }
  if (seen >= wide) throw new Error(`not a uid: ${uid}`);
}

/** Whether these bytes are a chunk of so many records. */
export function isChunk(bytes: Uint8Array, count: number): boolean {
  const { length } = bytes;
  const view = viewOf(bytes);
  if (bytes[0] !== version) return false;
  let at = 1;
  let records = 0;
  for (; at + recordHeadBytes <= length && records <= count; records += 1)
    at += recordHeadBytes + view.getUint16(at + 21, true) + view.getUint32(at + 23, true);
  return at === length && records === count;
}

/** What can be had of a chunk, by the `seq` of a record. */
export interface DecodedChunk {
  record(seq: number): SpooledRecord;
  /** Of the record's bytes. */
  size(seq: number): number;
  /** `place` becomes it. */
  look(seq: number, place: RecordInPlace): void;
  /** The record begins at `at` of the memory that `look` shows, if there is one: it is not looked for. */
  reached(seq: number, at: number): void;
}

/**
 * The records again, each when it is asked for; their bytes are parts of the chunk, not copies. It has to be
 * one, see `isChunk`. Objects for all of them would grow old before most had their turn.
 */
export function decodeChunk({ firstSeq, count, source, observed, bytes }: EncodedChunk): DecodedChunk {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = viewOf(chunk);
  const starts = new Starts(view, count);
  const look = (seq: number, place: RecordInPlace) => {
    const at = starts.of(seq - firstSeq);
    const flags = view.getUint8(at + 20);
    const faultEnd = at + recordHeadBytes + view.getUint16(at + 21, true);
    place.seq = seq;
    place.source = source;
    place.observed = observed;
    place.day = view.getInt32(at + 16, true);
    place.late = (flags & lateFlag) !== 0;
    place.fault =
      (flags & faultFlag) === 0 ? undefined : chunk.toString("utf8", at + recordHeadBytes, faultEnd);
    place.memory = chunk;
    place.from = faultEnd;
    place.to = faultEnd + view.getUint32(at + 23, true);
    place.uidAt = at;
    place.following = firstSeq + count - 1 - seq;
  };
  const one = new RecordInPlace();
  const record = (seq: number): SpooledRecord => {
    look(seq, one);
    const { uid, day, bytes, late, fault } = one;
    return { seq, source, uid, day, bytes, late, observed, ...(fault !== undefined && { fault }) };
  };
  const size = (seq: number) => view.getUint32(starts.of(seq - firstSeq) + 23, true);
  return { record, size, look, reached: (seq, at) => starts.reached(seq - firstSeq, at) };
}

/** The uids of a chunk, 16 bytes each. It has to be one, see `isChunk`. */
export function uidsOfChunk(bytes: Uint8Array, count: number): Buffer {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uids = Buffer.allocUnsafe(count * uidBytes);
  const starts = new Starts(viewOf(bytes), count);
  for (let record = 0; record < count; record += 1) {
    const at = starts.of(record);
    chunk.copy(uids, record * uidBytes, at, at + uidBytes);
  }
  return uids;
}

/**
 * Where each record starts, counted from 0. They are looked for as they are asked for: whoever looks at all
 * of them before reads the whole memory twice.
 */
class Starts {
  readonly #chunk: DataView;
  /** 0 where nobody knows yet. */
  readonly #starts: Uint32Array;

  constructor(chunk: DataView, count: number) {
    this.#chunk = chunk;
    this.#starts = new Uint32Array(count);
    this.#starts[0] = 1;
  }

  of(record: number): number {
    const starts = this.#starts;
    let known = record;
    while (starts[known] === 0) known -= 1;
    let at = starts[known] as number;
    for (; known < record; known += 1) {
      at += recordHeadBytes + this.#chunk.getUint16(at + 21, true) + this.#chunk.getUint32(at + 23, true);
      starts[known + 1] = at;
    }
    return at;
  }

  /** Somebody has come there. */
  reached(record: number, at: number): void {
    if (record < this.#starts.length) this.#starts[record] = at;
  }
}
