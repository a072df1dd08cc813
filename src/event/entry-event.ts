import { isOwn } from "../own/own-origin.ts";
import { type Entry, entryTime, type Value } from "../record/entry.ts";
import { literal, nested, number } from "../record/json-scanner.ts";
import { isIdKey, type KnownKey, knownKeys, place } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { Instant } from "../time/clock.ts";
import { actionSpec } from "./actions.ts";
import { parseAddresses } from "./address.ts";
import { type AsWritten, EntryAsWritten } from "./as-written.ts";
import { codeAt } from "./code.ts";
import type { AuditEvent } from "./event.ts";
import { invalidAddressTag, lateTag, unknownActionTag } from "./kind.ts";
import { byteMemo } from "./memo.ts";
import { jsonOf } from "./rewrite.ts";

/** What an event has from elsewhere than its text. */
export interface Provenance {
  readonly uid: string;
  readonly origin: Origin;
  readonly observed: Instant;
  readonly late?: boolean | undefined;
}

/** The event of an entry, whose text becomes `raw`. */
export function entryEvent(entry: Entry, { uid, origin, observed, late }: Provenance): AuditEvent {
  const found = new Findings(entry, isOwn(origin) ? undefined : "wandb_schema_extra");
  for (let at = 0; at < entry.size; at += 1) found.sort(at);
  const time = found.time();
  const action = found.action();
  const code = found.code();
  const { ips, port } = found.addresses();
  if (found.has(place.audit_log_error)) found.tags.push("wandb_audit_log_error");
  if (origin.anonymize) found.tags.push("wandb_anonymized");
  if (late) found.tags.push(lateTag);
  if (found.unmapped.length > 1) found.unmapped.sort(([a], [b]) => (a < b ? -1 : 1));
  return new EntryEvent(entry, found, { uid, origin, observed, late, action, time, code, ips, port });
}

interface Facts extends Provenance {
  readonly action: string;
  readonly time: Instant | undefined;
  readonly code: number | undefined;
  readonly ips: readonly string[];
  readonly port: number | undefined;
}

/** Makes its texts only when somebody asks for them. */
class EntryEvent implements AuditEvent {
  readonly uid: string;
  readonly origin: Origin;
  readonly observed: Instant;
  readonly action: string;
  declare readonly time?: Instant;
  declare readonly code?: number;
  declare readonly ip?: string;
  declare readonly port?: number;
  readonly ips: readonly string[];
  declare readonly late?: boolean;
  readonly unmapped: AuditEvent["unmapped"];
  readonly tags: readonly string[];
  readonly asWritten: AsWritten;
  private readonly entry: Entry;
  private readonly found: Findings;
  private known: AuditEvent["keys"] | undefined;

  constructor(entry: Entry, found: Findings, facts: Facts) {
    const { time, code, ips, port } = facts;
    this.uid = facts.uid;
    this.origin = facts.origin;
    this.observed = facts.observed;
    this.action = facts.action;
    if (time !== undefined) this.time = time;
    if (code !== undefined) this.code = code;
    if (ips[0] !== undefined) this.ip = ips[0];
    if (port !== undefined) this.port = port;
    if (facts.late) this.late = true;
    this.ips = ips;
    this.unmapped = found.unmapped;
    this.tags = found.tags;
    this.asWritten = found.asWritten();
    this.entry = entry;
    this.found = found;
  }

  get raw(): string {
    return this.entry.bytes.toString("utf8");
  }

  get keys(): AuditEvent["keys"] {
    this.known ??= this.found.keys(this.action, this.code);
    return this.known;
  }
}

const noAddresses = { ips: [] as never[], port: undefined };

const addressesIn = byteMemo(parseAddresses);
const trimmedAction = byteMemo(trimAscii);

/** What one entry's normalisation gathers; the order of the steps is the order of the tags. */
class Findings {
  readonly unmapped: (readonly [key: string, json: string])[] = [];
  readonly tags: string[] = [];
  readonly #entry: Entry;
  readonly #extra: string | undefined;
  /** A bit for each known key with a value. */
  #present = 0;
  /** A bit for each whose value is not the one that was written. */
  #changed = 0;

  /** `extra` is the tag of what has keys that nobody knows: our own keys are no W&B keys. */
  constructor(entry: Entry, extra: string | undefined) {
    this.#entry = entry;
    this.#extra = extra;
  }

  has(key: number): boolean {
    return (this.#present & (1 << key)) !== 0;
  }

  asWritten(): AsWritten {
    return new EntryAsWritten(this.#entry, this.#present, this.#changed);
  }

  /** Puts a value where it belongs: to its known key, among the unmapped, or nowhere when it says nothing. */
  sort(at: number): void {
    const entry = this.#entry;
    const known = entry.known(at);
    const form = entry.form(at);
    if (known === -1) this.#unmap(entry.key(at), entry.value(at), this.#extra);
    else if (form === literal || form === nested) {
      if (entry.valueText(at) !== "null") this.#unmap(entry.key(at), entry.value(at), "wandb_type_mismatch");
    } else if (entry.end(at) > entry.start(at) && !(form === number && isId[known] && isZero(entry, at)))
      this.#present |= 1 << known;
  }

  time(): Instant | undefined {
    const time = entryTime(this.#entry);
    if (time === undefined) this.#reject(place.timestamp, "wandb_timestamp_invalid");
    return time;
  }

  action(): string {
    const { action: key } = place;
    const at = this.#at(key);
    const action = at === -1 ? "" : this.#read(at, trimmedAction);
    if (action === "") {
      this.#present &= ~(1 << key);
      this.tags.push("wandb_action_missing", unknownActionTag);
      return "unknown";
    }
    const entry = this.#entry;
    if (action.length !== entry.end(at) - entry.start(at)) this.#changed |= 1 << key;
    if (!actionSpec(action).known) this.tags.push(unknownActionTag);
    return action;
  }

  code(): number | undefined {
    const at = this.#at(place.response_code);
    if (at === -1) return undefined;
    this.#changed |= 1 << place.response_code;
    const entry = this.#entry;
    const code = entry.form(at) === number ? numberIn(entry, at) : digitsOnly(entry.valueText(at));
    if (Number.isInteger(code) && code >= 100 && code <= 599) return code;
    this.#reject(place.response_code, "wandb_type_mismatch");
    return undefined;
  }

  addresses(): { readonly ips: readonly string[]; readonly port: number | undefined } {
    const at = this.#at(place.actor_ip);
    if (at === -1) return noAddresses;
    const addresses = this.#read(at, addressesIn);
    if (addresses.list) this.tags.push("wandb_ip_list");
    if (addresses.ips.length === 0) this.tags.push(invalidAddressTag);
    return addresses;
  }

  /** As texts. */
  keys(action: string, code: number | undefined): AuditEvent["keys"] {
    const keys: Partial<Record<KnownKey, string>> = {};
    for (let at = 0; at < this.#entry.size; at += 1) {
      const known = this.#entry.known(at);
      if (known !== -1 && this.has(known)) keys[knownKeys[known] as KnownKey] = this.#entry.valueText(at);
    }
    if (keys.action !== undefined) keys.action = action;
    if (code !== undefined) keys.response_code = String(code);
    return keys;
  }

  /** The member with the value of a key that is present, or -1. */
  #at(key: number): number {
    return this.has(key) ? this.#entry.at(key) : -1;
  }

  #read<Made>(at: number, read: (bytes: Buffer, start: number, end: number) => Made): Made {
    const entry = this.#entry;
    if (entry.isAscii(at)) return read(entry.bytes, entry.start(at), entry.end(at));
    const text = Buffer.from(entry.valueText(at));
    return read(text, 0, text.length);
  }

  /** A known key's value that does not mean what the key promises. */
  #reject(key: number, tag: string): void {
    const at = this.#at(key);
    this.#present &= ~(1 << key);
    if (at === -1) this.#tag(tag);
    else this.#unmap(knownKeys[key] as KnownKey, this.#entry.value(at), tag);
  }

  #unmap(key: string, value: Value, tag: string | undefined): void {
    this.unmapped.push([key, jsonOf(value)]);
    if (tag !== undefined) this.#tag(tag);
  }

  #tag(tag: string): void {
    if (!this.tags.includes(tag)) this.tags.push(tag);
  }
}

const isId = knownKeys.map(isIdKey);

/** Go writes an absent id as 0. */
function isZero(entry: Entry, at: number): boolean {
  return (entry.bytes[entry.start(at)] as number) <= 0x30 && Number(entry.valueText(at)) === 0;
}

/** A code as nearly all are written, or whatever else is a number. */
function numberIn(entry: Entry, at: number): number {
  return codeAt(entry.bytes, entry.start(at), entry.end(at)) ?? Number(entry.valueText(at));
}

function digitsOnly(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function trimAscii(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** ASCII white space only: whatever else an action begins with is part of it. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
