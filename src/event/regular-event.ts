import { kernelBytes, kernelView } from "../kernel/kernel.ts";
import { escapedString, plainString, quotation, textAt } from "../record/json-scanner.ts";
import { type KnownKey, knownKeys, place } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import { RecordInPlace } from "../record/record-in-place.ts";
import { layInWindow } from "../record/record-window.ts";
import { readForEvent } from "../record/regular-entry.ts";
import { timestampAt } from "../record/timestamp.ts";
import type { Instant } from "../time/clock.ts";
import { addressForm, isShownAddress, noAddress } from "./address.ts";
import type { AsWritten } from "./as-written.ts";
import { codeAt } from "./code.ts";
import type { AuditEvent } from "./event.ts";
import { valueEnds as ends, eventBits, eventMembers, layUid, valueStarts as starts } from "./kernel-event.ts";
import { type Kind, KindTable, type Traits } from "./kind.ts";
import { samePeople } from "./same-people.ts";

const slots = knownKeys.length;
const space = 0x20;
const nobody: never[] = [];

/** So often one was read, in 32 bits. */
let reads = 0;

/**
 * The event of a record that is written as nearly all are: its values can be copied as they stand, and it has
 * a kind, which says everything else of it. One object for all of them, each good until the next is read, by
 * this object or another: with an object for each, and what hangs on it, the collector would be busier than
 * whoever formats them.
 */
export class RegularEvent implements AuditEvent, AsWritten, Traits {
  record = new RecordInPlace();
  origin!: Origin;
  time!: Instant;
  kind!: Kind;
  present = 0;
  escaped = 0;
  code: number | undefined;
  address = noAddress;
  same = 0;
  readonly unmapped: AuditEvent["unmapped"] = nobody;
  readonly asWritten: AsWritten = this;
  readonly copyable = true;
  /** Its record, and its uid, as they lie in the kernel: all such events are there, one after the other. */
  readonly memory = kernelBytes;
  readonly view = kernelView;
  from = 0;
  to = 0;
  uidAt = -1;
  readonly starts = starts;
  readonly ends = ends;
  /** A bit for each key whose value is not ASCII, or escaped. */
  #wide = 0;
  memberCount = 0;
  readonly #kinds = new KindTable();
  /** For what stands in memory of its own. */
  readonly #own = this.record;
  #read = 0;

  /** It is the one that was read last. Of any other the kernel has nothing any more. */
  get isLast(): boolean {
    return this.#read === reads;
  }

  get uid(): string {
    return this.record.uid;
  }

  get observed(): Instant {
    return this.record.observed;
  }

  get late(): boolean {
    return this.record.late;
  }

  get action(): string {
    return this.kind.action;
  }

  get tags(): readonly string[] {
    return this.kind.tags;
  }

  get raw(): string {
    return this.memory.toString("utf8", this.from, this.to);
  }

  get ip(): string | undefined {
    return this.addressCopyable ? this.#text(place.actor_ip) : undefined;
  }

  get ips(): readonly string[] {
    return this.addressCopyable ? [this.#text(place.actor_ip)] : nobody;
  }

  get keys(): AuditEvent["keys"] {
    const keys: Partial<Record<KnownKey, string>> = {};
    for (let key = 0; key < slots; key += 1)
      if (this.has(key)) keys[knownKeys[key] as KnownKey] = this.#text(key);
    return keys;
  }

  has(key: number): boolean {
    return (this.present & (1 << key)) !== 0;
  }

  isCopyable(key: number): boolean {
    return (this.escaped & (1 << key)) === 0;
  }

  isCopyableInside(): boolean {
    return true;
  }

  get members(): Int32Array | undefined {
    return this.escaped === 0 ? eventMembers : undefined;
  }

  start(key: number): number {
    return starts[key] as number;
  }

  end(key: number): number {
    return ends[key] as number;
  }

  get addressCopyable(): boolean {
    return isShownAddress(this.address);
  }

  /** Becomes the event of `record`. False: that is no such record, and this is nobody's event. */
  read(record: SpooledRecord, origin: Origin): boolean {
    if (record.fault !== undefined || origin.anonymize) return false;
    const standing = record instanceof RecordInPlace ? record : this.#own;
    if (standing !== record) standing.become(record);
    this.#begin(standing, origin);
    return this.#lay() && this.#readLaid();
  }

  /** Becomes another one with other bytes, which lie in the kernel from `from` to `to`. */
  readRewritten({ record, origin, uidAt }: RegularEvent, from: number, to: number): boolean {
    this.#begin(record, origin);
    this.uidAt = uidAt;
    this.from = from;
    this.to = to;
    return this.#readLaid();
  }

  #begin(record: RecordInPlace, origin: Origin): void {
    reads = (reads + 1) | 0;
    this.#read = reads;
    // What is there already is not written again: V8 has to note who refers to whom.
    if (record !== this.record) this.record = record;
    if (origin !== this.origin) this.origin = origin;
  }

  #readLaid(): boolean {
    return (
      this.#readMembers() && this.readTime() && this.#readCode() && this.#readAddress() && this.#readKind()
    );
  }

  /** Stands for events of this record's chunk that the kernel reads by itself, and is none of its own. */
  attend(record: RecordInPlace, origin: Origin): void {
    reads = (reads + 1) | 0;
    this.record = record;
    this.origin = origin;
  }

  /** Becomes the one that the kernel has read last, with the record that begins there at `head`. */
  become(kind: Kind, memberCount: number, head: number): void {
    this.kind = kind;
    this.present = kind.present;
    this.escaped = kind.escaped;
    this.code = kind.code;
    this.address = kind.address;
    this.same = kind.same;
    this.#wide = 0;
    this.memberCount = memberCount;
    this.uidAt = head;
    this.from = head + this.record.from - this.record.uidAt;
    this.to = head + this.record.to - this.record.uidAt;
  }

  #text(key: number): string {
    const form = this.isCopyable(key) ? plainString : escapedString;
    return textAt(this.memory, form, this.start(key), this.end(key));
  }

  #lay(): boolean {
    const { memory, uidAt, from, to } = this.record;
    const first = uidAt === -1 ? from : uidAt;
    const at = layInWindow(memory, first, to);
    if (at === -1) return false;
    this.from = at + from - first;
    this.to = at + to - first;
    this.uidAt = uidAt === -1 ? layUid(this.record.uid) : at;
    return true;
  }

  #readMembers(): boolean {
    const size = readForEvent(this.from, this.to);
    if (size === -1) return false;
    this.memberCount = size;
    this.present = eventBits[0] as number;
    this.escaped = eventBits[1] as number;
    this.#wide = eventBits[2] as number;
    return this.#isText(place.timestamp) && !this.has(place.audit_log_error);
  }

  /** The value that is present is written as a text. */
  #isText(key: number): boolean {
    return this.has(key) && this.memory[(starts[key] as number) - 1] === quotation;
  }

  /** The time of the event that the kernel has read last becomes this one's. False: it has none. */
  readTime(): boolean {
    const { timestamp } = place;
    const time = timestampAt(this.memory, starts[timestamp], ends[timestamp]);
    if (time === undefined) return false;
    if (time !== this.time) this.time = time;
    return true;
  }

  #readCode(): boolean {
    const { response_code: key } = place;
    const isNumber = this.has(key) && !this.#isText(key);
    this.code = isNumber ? codeAt(this.memory, this.start(key), this.end(key)) : undefined;
    return this.code !== undefined || !this.has(key);
  }

  #readAddress(): boolean {
    const { actor_ip: key } = place;
    this.address = this.#isText(key) ? addressForm(this.memory, this.start(key), this.end(key)) : noAddress;
    return this.address !== noAddress || !this.has(key);
  }

  #readKind(): boolean {
    const { action: key } = place;
    if (!this.#isText(key) || (this.#wide & (1 << key)) !== 0) return false;
    const [start, end] = [this.start(key), this.end(key)];
    if (this.memory[start] === space || this.memory[end - 1] === space) return false;
    this.same = samePeople(this);
    this.kind = this.#kinds.of(this, kernelView, start, end);
    return true;
  }
}
