import { type Entry, entryTime, parseEntry, type Value } from "../record/entry.ts";
import { literal, nested, number } from "../record/json-scanner.ts";
import type { KnownKey } from "../record/known-keys.ts";
import { knownKeys } from "../record/known-keys.ts";
import type { Origin } from "../record/origin.ts";
import type { SpooledRecord } from "../record/record.ts";
import type { Instant } from "../time/clock.ts";
import { actionSpec } from "./actions.ts";
import { parseAddresses } from "./address.ts";
import type { AuditEvent } from "./event.ts";
import { jsonOf, rewrite, withheld } from "./rewrite.ts";

/** What an event has from elsewhere than its text. */
export interface Provenance {
  readonly uid: string;
  readonly origin: Origin;
  readonly observed: Instant;
}

/**
 * Personal data as W&B itself withholds it with `anonymize=true`. Servers that do not know the parameter send
 * it all the same.
 */
const personalKeys: ReadonlySet<string> = new Set([
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_qualified_name",
  "artifact_sequence_name",
]);

/** Never throws: what cannot be read becomes an event with a `fault` and nothing but its text. */
export function decode(record: SpooledRecord, origin: Origin): AuditEvent {
  const { uid, observed, bytes } = record;
  const provenance = { uid, origin, observed };
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const entry = record.fault === undefined ? parseEntry(raw) : undefined;
  if (entry === undefined)
    return faultEvent(origin.anonymize ? withheld(raw) : raw, record.fault ?? "not_json", provenance);
  const shown =
    origin.anonymize && entry.keys.some((key) => personalKeys.has(key)) ? withoutPersonal(entry) : entry;
  return entryEvent(shown, provenance);
}

/** The event of an entry, whose text becomes `raw`. */
export function entryEvent(entry: Entry, { uid, origin, observed }: Provenance): AuditEvent {
  const found = new Findings();
  const { keys, tags, unmapped } = found;
  for (let at = 0; at < entry.size; at += 1) found.sort(entry, at);
  const time = found.time(entry);
  const action = found.action();
  const code = found.code(entry);
  const { ips, port } = found.addresses();
  if (keys.audit_log_error !== undefined) tags.push("wandb_audit_log_error");
  if (origin.anonymize) tags.push("wandb_anonymized");
  if (unmapped.length > 1) unmapped.sort(([a], [b]) => (a < b ? -1 : 1));
  const event: Draft = { uid, origin, observed, raw: entry.text, action, keys, ips, unmapped, tags };
  if (time !== undefined) event.time = time;
  if (code !== undefined) event.code = code;
  if (ips[0] !== undefined) event.ip = ips[0];
  if (port !== undefined) event.port = port;
  return event;
}

type Draft = { -readonly [Key in keyof AuditEvent]: AuditEvent[Key] };

/** The event of a record that is no entry. */
export function faultEvent(raw: string, fault: string, { uid, origin, observed }: Provenance): AuditEvent {
  return { uid, origin, observed, raw, fault, action: "unknown", keys: {}, ips: [], unmapped: [], tags: [] };
}

function withoutPersonal(entry: Entry): Entry {
  return rewrite(entry, (key, value) => (personalKeys.has(key) ? undefined : value));
}

/** What one entry's normalisation gathers; the order of the steps is the order of the tags. */
class Findings {
  readonly keys: Partial<Record<KnownKey, string>> = {};
  readonly unmapped: (readonly [key: string, json: string])[] = [];
  readonly tags: string[] = [];

  /**
   * Puts a value where it belongs: under its known key, among the unmapped, or nowhere when it says nothing.
   */
  sort(entry: Entry, at: number): void {
    const known = entry.known(at);
    const form = entry.form(at);
    const text = entry.valueText(at);
    if (known === -1) {
      this.unmap(entry.key(at), entry.value(at), "wandb_schema_extra");
    } else if (form === literal || form === nested) {
      if (text !== "null") this.unmap(entry.key(at), entry.value(at), "wandb_type_mismatch");
    } else if (text !== "" && !(form === number && isId[known] === true && isZero(text))) {
      this.keys[knownKeys[known] as KnownKey] = text;
    }
  }

  time(entry: Entry): Instant | undefined {
    const time = entryTime(entry);
    if (time === undefined) this.reject(entry, "timestamp", "wandb_timestamp_invalid");
    return time;
  }

  action(): string {
    const action = trimAscii(this.keys.action ?? "");
    if (action === "") {
      delete this.keys.action;
      this.tags.push("wandb_action_missing", "wandb_unknown_action");
      return "unknown";
    }
    this.keys.action = action;
    if (!actionSpec(action).known) this.tags.push("wandb_unknown_action");
    return action;
  }

  code(entry: Entry): number | undefined {
    const text = this.keys.response_code;
    if (text === undefined) return undefined;
    const number =
      entry.get("response_code")?.kind === "number" || /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isInteger(number) && number >= 100 && number <= 599) {
      this.keys.response_code = String(number);
      return number;
    }
    this.reject(entry, "response_code", "wandb_type_mismatch");
    return undefined;
  }

  addresses(): { ips: readonly string[]; port: number | undefined } {
    const text = this.keys.actor_ip;
    if (text === undefined) return { ips: [], port: undefined };
    const addresses = parseAddresses(text);
    if (addresses.list) this.tags.push("wandb_ip_list");
    if (addresses.ips.length === 0) this.tags.push("wandb_ip_invalid");
    return addresses;
  }

  /** A known key's value that does not mean what the key promises. */
  private reject(entry: Entry, key: KnownKey, tag: string): void {
    const value = this.keys[key] === undefined ? undefined : entry.get(key);
    delete this.keys[key];
    if (value === undefined) this.tag(tag);
    else this.unmap(key, value, tag);
  }

  private unmap(key: string, value: Value, tag: string): void {
    this.unmapped.push([key, jsonOf(value)]);
    this.tag(tag);
  }

  private tag(tag: string): void {
    if (!this.tags.includes(tag)) this.tags.push(tag);
  }
}

const isId = knownKeys.map((key) => key.endsWith("_asset") || key === "actor_user_id");

/** Go writes an absent id as 0. */
function isZero(digits: string): boolean {
  return digits.charCodeAt(0) <= 0x30 && Number(digits) === 0;
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
