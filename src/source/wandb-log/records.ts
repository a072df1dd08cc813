import { type Entry, entryTime } from "../../record/entry.ts";
import type { RawRecord } from "../../record/record.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { sizeText } from "../../text/amounts.ts";
import { excerpt } from "../../text/excerpt.ts";
import type { Instant } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import type { Extent, RecordSink } from "./assembly.ts";
import { type RecordFault, readRecord } from "./read-record.ts";

const daySeconds = 86_400;
/**
 * A piece is full with this many bytes or records: about what arrives at once. Small pieces die young, which
 * keeps V8's heap small.
 */
const pieceBytes = 32 * 1024;
const pieceRecords = 4096;
/** Unreadable records wait for the read's end, when they can be told from a broken answer. */
const heldBytes = 64 * 1024 * 1024;
const wayOut =
  "if W&B really holds such records, name their UTC day in read.accept_malformed: each is then delivered as an unparseable event";

/** What a read's records are made with. */
export interface RecordsOptions {
  /** What is quoted of a broken answer goes through it. */
  readonly scrub: Scrub;
  /** What cannot be read is no reason to fail. */
  readonly acceptMalformed: boolean;
}

/**
 * Makes records of a read's entries, counts them by day, and tells a few that cannot be read, which are
 * quarantined, from so many that the answer itself must be broken.
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
  private day = -1;
  private ofDay = 0;

  /** Entries before `start` (milliseconds) are counted and left out. */
  constructor(start: number, { scrub, acceptMalformed }: RecordsOptions) {
    this.startSeconds = start / 1000;
    this.scrub = scrub;
    this.acceptMalformed = acceptMalformed;
  }

  record(bytes: Buffer): Extent {
    this.clearSuspect();
    this.total++;
    const read = readRecord(bytes);
    if ("fault" in read) return this.unreadable(bytes, read.fault);
    const { entry } = read;
    const time = entryTime(entry);
    if (time !== undefined) this.dated({ bytes, entry }, time);
    else if (isErrorReport(entry)) this.suspect = { bytes, entry };
    else this.keep({ bytes, entry });
    return "whole";
  }

  private dated(record: RawRecord, { seconds, nanos }: Instant): void {
    const day = Math.floor(seconds / daySeconds);
    if (day === this.day) this.ofDay++;
    else this.count(day);
    if (this.newest === undefined || seconds * 1000 > this.newest) this.newest = seconds * 1000;
    if (seconds + nanos / 1e9 >= this.startSeconds) this.keep(record);
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

  /**
   * The read ended cleanly. Throws SourceError when too much was unreadable; else moves that into the last
   * piece.
   */
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

  private unreadable(bytes: Buffer, fault: RecordFault): Extent {
    if (fault === "not_json") {
      if (this.total === 1 && !this.acceptMalformed)
        throw notLogs("all_malformed", this.scrub(bytes.toString("utf8", 0, 2048)));
      this.malformed++;
    }
    this.hold({ bytes: Buffer.from(bytes), fault });
    return fault === "not_json" ? "broken" : "whole";
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
        `more than ${sizeText(heldBytes)} of unreadable records`,
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

/** Whether the server asks which organization is meant; it says so with different statuses. */
export function isMultipleOrganizations(text: string): boolean {
  return /associated with multiple organizations/i.test(text);
}

/** The error for a key whose user belongs to several organizations. */
export function multipleOrganizations(): SourceError {
  return new SourceError(
    "multiple_organizations",
    "the key's user belongs to several organizations and W&B does not know which one is meant",
    "use the key of a service account of the organization, or set the user's default API organization in the W&B user settings",
  );
}
