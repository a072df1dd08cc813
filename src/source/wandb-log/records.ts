import { type Entry, entryTime, parseEntry } from "../../record/entry.ts";
import { maxDepth } from "../../record/json-scanner.ts";
import type { RawRecord } from "../../record/record.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { excerpt } from "../../text/excerpt.ts";
import { SourceError } from "../source.ts";
import type { RecordSink } from "./assembly.ts";

const daySeconds = 86_400;
/** A piece is full with this many bytes or records: about what arrives at once. Small pieces die young, which keeps V8's heap small. */
const pieceBytes = 32 * 1024;
const pieceRecords = 4096;
/** Unreadable records wait for the read's end, when they can be told from a broken answer. */
const heldBytes = 64 * 1024 * 1024;
const wayOut =
  "if W&B really holds such records, name their UTC day in read.accept_malformed: each is then delivered as an unparseable event";

export interface RecordsOptions {
  /** What is quoted of a broken answer goes through it. */
  readonly scrub: Scrub;
  /** What cannot be read is no reason to fail. */
  readonly acceptMalformed: boolean;
}

/**
 * Makes records of a read's entries, counts them by day, and judges what cannot be read: a few such records in a good
 * answer are quarantined, many of them mean that the answer itself is broken.
 */
export class Records implements RecordSink {
  /** Entries of the whole read, unreadable ones included. */
  total = 0;
  readonly perDay = new Map<number, number>();
  /** Milliseconds of the newest entry. */
  newest: number | undefined;
  private readonly startSeconds: number;
  private readonly scrub: Scrub;
  private readonly acceptMalformed: boolean;
  private piece: RawRecord[] = [];
  size = 0;
  private held: RawRecord[] = [];
  private heldSize = 0;
  private malformed = 0;
  /** A last record that may be an error report in place of an entry. */
  private suspect: RawRecord | undefined;
  private lastFault: string | undefined;
  private day = -1;
  private ofDay = 0;

  /** Entries before `start` (milliseconds) are counted and left out. */
  constructor(start: number, { scrub, acceptMalformed }: RecordsOptions) {
    this.startSeconds = start / 1000;
    this.scrub = scrub;
    this.acceptMalformed = acceptMalformed;
  }

  record(bytes: Buffer): void {
    this.clearSuspect();
    this.lastFault = undefined;
    this.total++;
    const entry = parseEntry(bytes.toString("utf8"));
    if (entry === undefined) {
      this.unreadable(bytes);
      return;
    }
    const time = entryTime(entry);
    if (time === undefined) {
      if (isErrorReport(entry)) this.suspect = { bytes, entry };
      else this.keep({ bytes, entry });
      return;
    }
    const { seconds } = time;
    const day = Math.floor(seconds / daySeconds);
    if (day === this.day) this.ofDay++;
    else this.count(day);
    if (this.newest === undefined || seconds * 1000 > this.newest) this.newest = seconds * 1000;
    if (seconds + time.nanos / 1e9 >= this.startSeconds) this.keep({ bytes, entry });
  }

  tooLong(bytes: Buffer): void {
    this.clearSuspect();
    this.total++;
    this.hold({ bytes, fault: "line_too_long" });
  }

  /** A piece is full. */
  get full(): boolean {
    return this.size >= pieceBytes || this.piece.length >= pieceRecords;
  }

  take(): readonly RawRecord[] {
    const { piece } = this;
    this.piece = [];
    this.size = 0;
    return piece;
  }

  /** After a line without an end: fails when that line is malformed, for the answer was then cut within it. */
  lastLineUnended(): void {
    if (this.lastFault === "not_json")
      throw new SourceError(
        "cut_body",
        "the answer ends in the middle of a record",
        "it is read again; if it stays, look at proxies and timeouts between",
      );
  }

  /** The read ended cleanly: judges, then moves what is unreadable into the last piece. */
  finish(): void {
    if (this.suspect !== undefined)
      throw notLogs("server_error", this.scrub(this.suspect.bytes.toString("utf8")));
    if (!this.acceptMalformed && this.malformed >= 10 && this.malformed * 100 > this.total)
      throw new SourceError(
        "all_malformed",
        `${this.malformed} of ${this.total} records are not JSON objects`,
        `look at the answer with curl: this is no audit log, or something between rewrites it; ${wayOut}`,
      );
    this.flushDay();
    for (const record of this.held) this.keep(record);
    this.held = [];
  }

  private keep(record: RawRecord): void {
    this.piece.push(record);
    this.size += record.bytes.length;
  }

  private unreadable(bytes: Buffer): void {
    const fault = faultOf(bytes);
    if (fault === "not_json") {
      if (this.total === 1 && !this.acceptMalformed)
        throw notLogs("all_malformed", this.scrub(bytes.toString("utf8", 0, 2048)));
      this.malformed++;
    }
    this.hold({ bytes: Buffer.from(bytes), fault });
    this.lastFault = fault;
  }

  private hold(record: RawRecord): void {
    if (this.acceptMalformed) {
      this.keep(record);
      return;
    }
    this.held.push(record);
    this.heldSize += record.bytes.length;
    if (this.heldSize > heldBytes)
      throw new SourceError(
        "all_malformed",
        `more than ${heldBytes} bytes of unreadable records`,
        `look at the answer with curl; ${wayOut}`,
      );
  }

  private clearSuspect(): void {
    if (this.suspect === undefined) return;
    const record = this.suspect;
    this.suspect = undefined;
    this.keep(record);
  }

  private count(day: number): void {
    this.flushDay();
    this.day = day;
    this.ofDay = 1;
  }

  private flushDay(): void {
    if (this.ofDay > 0) this.perDay.set(this.day, (this.perDay.get(this.day) ?? 0) + this.ofDay);
    this.ofDay = 0;
    this.day = -1;
  }
}

function isErrorReport(entry: Entry): boolean {
  return entry.get("action") === undefined && (entry.get("error") ?? entry.get("errors")) !== undefined;
}

/** The error for a text, free of secrets, that came with status 200 in place of audit logs. */
export function notLogs(
  reason: "server_error" | "all_malformed" | "not_audit_logs",
  text: string,
): SourceError {
  if (isMultipleOrganizations(text)) return multipleOrganizations();
  if (/^\s*<|<html/i.test(text))
    return new SourceError(
      "not_audit_logs",
      `the server answers with a web page: ${excerpt(text)}`,
      "the URL leads to W&B's web interface or a login page: check `url`; on Self-Managed the ingress must route /admin/audit_logs to the API service (global.api.additionalPaths.admin)",
    );
  return new SourceError(
    reason,
    `the answer is no audit log: ${excerpt(text)}`,
    `look at the answer with curl, and at the W&B server's log${reason === "server_error" ? "" : `; ${wayOut}`}`,
  );
}

export function isMultipleOrganizations(text: string): boolean {
  return /associated with multiple organizations/i.test(text);
}

export function multipleOrganizations(): SourceError {
  return new SourceError(
    "multiple_organizations",
    "the key's user belongs to several organizations and W&B does not know which one is meant",
    "use the key of a service account of the organization, or set the user's default API organization in the W&B user settings",
  );
}

function faultOf(bytes: Buffer): "not_json" | "too_deep" | "too_many_keys" {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return "not_json";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not_json";
  return deeperThan(bytes, maxDepth) ? "too_deep" : "too_many_keys";
}

function deeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
