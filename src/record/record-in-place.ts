import type { SpooledRecord } from "./record.ts";
import { emptyWindow } from "./record-window.ts";

const uidBytes = 16;
const nothing = Buffer.alloc(0);
const nobody: SpooledRecord = {
  seq: 0,
  source: "",
  uid: "",
  day: 0,
  bytes: nothing,
  late: false,
  observed: { seconds: 0, nanos: 0 },
};

/**
 * A kept record where it stands, in memory that it shares with others: one object for all of them, which is
 * this record until it becomes the next. An object for each, with a part of the memory and a text for the
 * uid, would cost more than reading it.
 */
export class RecordInPlace implements SpooledRecord {
  seq = 0;
  source = "";
  day = 0;
  late = false;
  fault: string | undefined;
  observed = nobody.observed;
  memory: Buffer = nothing;
  /** Where its bytes start and end in the memory. */
  from = 0;
  to = 0;
  /** Where the 16 bytes of its uid stand in the memory; -1 where only their text is known. */
  uidAt = -1;
  /** So many others follow it in the same memory, as a chunk has them. */
  following = 0;
  #alone = nobody;

  get uid(): string {
    if (this.uidAt === -1) return this.#alone.uid;
    return this.memory.toString("hex", this.uidAt, this.uidAt + uidBytes);
  }

  get bytes(): Buffer {
    return this.memory.subarray(this.from, this.to);
  }

  /** Becomes one that has an object and memory of its own. */
  become(record: SpooledRecord): void {
    const { bytes } = record;
    // Who owns it may write into it.
    emptyWindow();
    this.#alone = record;
    this.seq = record.seq;
    this.source = record.source;
    this.day = record.day;
    this.late = record.late;
    this.fault = record.fault;
    this.observed = record.observed;
    this.memory = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.from = 0;
    this.to = bytes.length;
    this.uidAt = -1;
    this.following = 0;
  }
}
