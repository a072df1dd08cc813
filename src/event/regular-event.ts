import { escapedString, number, plainString, quotation, textAt } from "../record/json-scanner.ts";
import { isIdKey, type KnownKey, knownKeys, place } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import { RecordInPlace } from "../record/record-in-place.ts";
import { readRegularAt, regularEnd } from "../record/regular-entry.ts";
import { asciiBit, stride } from "../record/span-block.ts";
import { timestampAt } from "../record/timestamp.ts";
import { isHarmless } from "../text/harmless.ts";
import type { Instant } from "../time/clock.ts";
import { addressForm, noAddress } from "./address.ts";
import { type AsWritten, longestNumber } from "./as-written.ts";
import type { AuditEvent } from "./event.ts";
import { type Kind, KindTable, type Traits } from "./kind.ts";
import { samePeople } from "./same-people.ts";

const slots = knownKeys.length;
const plainAscii = plainString | asciiBit;
const digitsForm = number | asciiBit;
const zero = 0x30;
const space = 0x20;
const isId = knownKeys.map(isIdKey);
const nobody: never[] = [];

/**
 * The event of a record that is written as nearly all are: its values can be copied as they stand, and it has
 * a kind, which says everything else of it. One object for all of them, each good until the next is read:
 * with an object for each, and what hangs on it, the collector would be busier than whoever formats them.
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
  readonly starts = new Int32Array(slots);
  readonly ends = new Int32Array(slots);
  /** A bit for each key whose value is not ASCII, or escaped. */
  #wide = 0;
  readonly #spans = new Int32Array(slots + slots * stride);
  memberCount = 0;
  readonly #kinds = new KindTable();
  /** For what stands in memory of its own. */
  readonly #own = this.record;

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

  get memory(): Buffer {
    return this.record.memory;
  }

  get view(): DataView {
    return this.record.view;
  }

  get from(): number {
    return this.record.from;
  }

  get to(): number {
    return this.record.to;
  }

  get uidAt(): number {
    return this.record.uidAt;
  }

  get ip(): string | undefined {
    return this.address === noAddress ? undefined : this.#text(place.actor_ip);
  }

  get ips(): readonly string[] {
    return this.address === noAddress ? nobody : [this.#text(place.actor_ip)];
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
    return this.escaped === 0 ? this.#spans : undefined;
  }

  start(key: number): number {
    return this.starts[key] as number;
  }

  end(key: number): number {
    return this.ends[key] as number;
  }

  get addressCopyable(): boolean {
    return this.address !== noAddress;
  }

  /** Becomes the event of `record`. False: that is no such record, and this is nobody's event. */
  read(record: SpooledRecord, origin: Origin): boolean {
    if (record.fault !== undefined || origin.anonymize) return false;
    // What is there already is not written again: V8 has to note who refers to whom.
    if (record !== this.record) {
      this.record = record instanceof RecordInPlace ? record : this.#own;
      if (record !== this.record) this.record.become(record);
    }
    if (origin !== this.origin) this.origin = origin;
    return (
      this.#readMembers() && this.#readTime() && this.#readCode() && this.#readAddress() && this.#readKind()
    );
  }

  #text(key: number): string {
    const form = this.isCopyable(key) ? plainString : escapedString;
    return textAt(this.memory, form, this.starts[key] as number, this.ends[key] as number);
  }

  #readMembers(): boolean {
    const { starts, ends } = this;
    const spans = this.#spans;
    // The call that fills is dear for so few.
    for (let key = 0; key < slots; key += 1) spans[key] = 0;
    const { memory, from, to } = this.record;
    const size = readRegularAt(memory, from, to, spans, 0);
    if (size === -1 || regularEnd(spans, 0, size) !== to) return false;
    let present = 0;
    let wide = 0;
    let escaped = 0;
    for (let at = slots; at < slots + size * stride; at += stride) {
      const key = spans[at] as number;
      const form = spans[at + 1] as number;
      const start = spans[at + 2] as number;
      const end = spans[at + 3] as number;
      if (form === digitsForm) {
        if (end - start > longestNumber) return false;
        if (isId[key] && end - start === 1 && memory[start] === zero) continue;
      } else if (form !== plainAscii) {
        if (!isHarmless(memory, start, end)) return false;
        if (form === escapedString) escaped |= 1 << key;
        wide |= 1 << key;
      }
      if (end === start) continue;
      present |= 1 << key;
      starts[key] = start;
      ends[key] = end;
    }
    this.memberCount = size;
    this.present = present;
    this.escaped = escaped;
    this.#wide = wide;
    return this.#isText(place.timestamp) && !this.has(place.audit_log_error);
  }

  /** The value that is present is written as a text. */
  #isText(key: number): boolean {
    return this.has(key) && this.memory[(this.starts[key] as number) - 1] === quotation;
  }

  #readTime(): boolean {
    const { timestamp } = place;
    const time = timestampAt(this.memory, this.starts[timestamp], this.ends[timestamp]);
    if (time === undefined) return false;
    if (time !== this.time) this.time = time;
    return true;
  }

  #readCode(): boolean {
    const { response_code } = place;
    this.code = undefined;
    if (!this.has(response_code)) return true;
    const start = this.starts[response_code] as number;
    if ((this.ends[response_code] as number) - start !== 3 || this.#isText(response_code)) return false;
    const digit = (at: number) => (this.memory[start + at] as number) - zero;
    this.code = digit(0) * 100 + digit(1) * 10 + digit(2);
    return this.code >= 100 && this.code <= 599;
  }

  #readAddress(): boolean {
    const { actor_ip } = place;
    this.address = noAddress;
    if (!this.has(actor_ip)) return true;
    if (!this.#isText(actor_ip)) return false;
    this.address = addressForm(this.memory, this.starts[actor_ip] as number, this.ends[actor_ip] as number);
    return this.address !== noAddress;
  }

  #readKind(): boolean {
    const { action } = place;
    if (!this.has(action) || !this.#isText(action)) return false;
    const { memory } = this;
    const start = this.starts[action] as number;
    const end = this.ends[action] as number;
    if ((this.#wide & (1 << action)) !== 0) return false;
    if (memory[start] === space || memory[end - 1] === space) return false;
    this.same = samePeople(this);
    this.kind = this.#kinds.of(this, this.record.view, start, end);
    return true;
  }
}
