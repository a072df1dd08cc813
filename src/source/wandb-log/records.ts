import { entryTime } from "../../record/entry.ts";
import type { Passage, Piece } from "../../record/passage.ts";
import type { Window } from "../../record/reading.ts";
import type { RawRecord } from "../../record/record.ts";
import { recordMemory } from "../../record/record-memory.ts";
import type { Scrub } from "../../secret/scrub.ts";
import { sizeText } from "../../text/amounts.ts";
import type { Instant } from "../../time/clock.ts";
import { SourceError } from "../source.ts";
import type { Extent, RecordSink } from "./assembly.ts";
import type { Entities } from "./entities.ts";
import { likenessOf } from "./error-report.ts";
import { notLogs, wayOut } from "./not-logs.ts";
import { noted, notesOf } from "./notes.ts";
import { type RecordFault, readRecord } from "./read-record.ts";
import type { Spread } from "./spread.ts";
import { Tail } from "./tail.ts";
import { Times } from "./times.ts";

const openBrace = 0x7b;
/**
 * A piece is full when its records take so much memory: about what arrives at once. Small pieces die young,
 * which keeps V8's heap small.
 */
const pieceBytes = 128 * 1024;
/**
 * Unreadable records wait for the read's end, when they can be told from a broken answer. They take so much
 * memory at most.
 */
const heldBytes = 64 * 1024 * 1024;

/** What a read's records are made with. */
export interface RecordsOptions {
  /** What is quoted of a broken answer goes through it. */
  readonly scrub: Scrub;
  /** What cannot be read is no reason to fail. */
  readonly acceptMalformed: boolean;
  /** Entries from this moment on are left out too, epoch milliseconds. */
  readonly end?: number | undefined;
  /** Entries of this span do not count as left out. */
  readonly keptBefore?: Window | undefined;
  /** Told every entry of the log. */
  readonly entities?: Entities | undefined;
  /** Told the time of every entry that has one. */
  readonly spread?: Pick<Spread, "see" | "nextPage"> | undefined;
}

/**
 * Makes records of a read's entries, counts them by day, and tells a few that cannot be read, which are
 * quarantined, from so many that the answer itself must be broken.
 */
export class Records implements RecordSink {
  /** Entries of the whole read, unreadable ones included. */
  total = 0;
  /** Of these, those that `start` leaves out. */
  leftOut = 0;
  /** When they are from. */
  readonly times: Times;
  private readonly startSeconds: number;
  private readonly endSeconds: number;
  private readonly scrub: Scrub;
  private readonly acceptMalformed: boolean;
  private readonly keptBefore: Window | undefined;
  private readonly entities: Entities | undefined;
  private piece: (RawRecord | Passage)[] = [];
  /** How much memory the piece takes. */
  size = 0;
  private held: RawRecord[] = [];
  private heldSize = 0;
  private malformed = 0;
  private readonly tail = new Tail();
  private page = 0;

  /** Entries before `start` (milliseconds) are counted and left out. */
  constructor(start: number, options: RecordsOptions) {
    const { scrub, acceptMalformed, keptBefore, entities, spread } = options;
    this.startSeconds = start / 1000;
    this.endSeconds = (options.end ?? Number.POSITIVE_INFINITY) / 1000;
    this.scrub = scrub;
    this.acceptMalformed = acceptMalformed;
    this.keptBefore = keptBefore;
    this.entities = entities;
    this.times = new Times(spread);
  }

  record(bytes: Buffer): Extent {
    this.total++;
    const read = readRecord(bytes);
    if ("fault" in read) return this.unreadable(bytes, read.fault);
    const { entry } = read;
    const likeness = likenessOf(entry);
    if (likeness === "record") {
      this.goesOn();
      this.admit(this.onPage({ bytes, entry }));
    } else {
      this.tail.wait(this.onPage({ bytes, entry }), likeness);
      this.checkHeld();
    }
    return "whole";
  }

  /** An entry of the log. */
  private admit(record: RawRecord): void {
    if (record.entry !== undefined) this.entities?.see(record.entry);
    const time = record.entry === undefined ? undefined : entryTime(record.entry);
    if (time === undefined) this.keep(record);
    else this.dated(record, time);
  }

  private dated(record: RawRecord, { seconds, nanos }: Instant): void {
    this.times.see(seconds);
    const at = seconds + nanos / 1e9;
    if (at >= this.startSeconds && at < this.endSeconds) this.keep(record);
    else if (!this.wasKept(seconds * 1000)) this.leftOut++;
  }

  private wasKept(ms: number): boolean {
    const { keptBefore } = this;
    return keptBefore !== undefined && ms >= keptBefore.from && ms < keptBefore.to;
  }

  tooLong(bytes: Buffer): void {
    // No error takes so much room, unless it is a page.
    if (bytes[0] === openBrace) this.goesOn();
    else this.tail.stray(bytes);
    this.total++;
    this.hold(this.onPage({ bytes, fault: "line_too_long" }));
  }

  /**
   * Counts a passage that an earlier read has shown, of so many bytes. False where that cannot be done
   * without reading it.
   */
  meet(passage: Passage, bytes: number): boolean {
    const { entries, oldest, newest, slots } = noted(passage.notes);
    if (oldest < this.startSeconds || newest >= this.endSeconds) return false;
    this.goesOn();
    this.total += entries;
    for (const [seconds, count] of slots) this.times.see(seconds, count, newest);
    this.piece.push(passage);
    this.size += bytes;
    return true;
  }

  /**
   * Reads a passage. What `readLines` shows is one afterwards, where nothing of it is left out or waits.
   */
  readPassage(fingerprint: Buffer, readLines: () => void): void {
    const from = this.piece.length;
    const { total } = this;
    const wasEmpty = this.tail.empty;
    readLines();
    const records = this.piece.slice(from) as RawRecord[];
    if (!wasEmpty || !this.tail.empty || records.length !== this.total - total) return;
    const notes = notesOf(records);
    if (notes === undefined) return;
    this.piece.length = from;
    this.piece.push({ fingerprint, notes, records: () => records });
  }

  /** What follows is on the next page of the window. */
  nextPage(): void {
    this.page++;
    this.times.nextPage();
  }

  /** A piece is full. */
  get full(): boolean {
    return this.size >= pieceBytes;
  }

  take(): Piece {
    const { piece } = this;
    this.piece = [];
    this.size = 0;
    return piece;
  }

  /** What came last shows that the answer failed; undefined where it does not. */
  failure(): SourceError | undefined {
    return this.tail.error(this.scrub, this.acceptMalformed);
  }

  /**
   * The body ended cleanly. Gives back why it is not believed all the same; else what was unreadable moves
   * into the last piece.
   */
  finish(): SourceError | undefined {
    const failure = this.failure();
    if (failure !== undefined) return failure;
    if (!this.acceptMalformed && this.malformed >= 10 && this.malformed * 100 > this.total)
      return new SourceError(
        "all_malformed",
        `${this.malformed} of ${this.total} records are not JSON objects`,
        `look at the answer with curl: this is no audit log, or something between rewrites it; ${wayOut}`,
      );
    this.goesOn();
    this.times.flush();
    for (const record of this.held) this.keep(record);
    this.held = [];
    return undefined;
  }

  private onPage(record: RawRecord): RawRecord {
    return this.page === 0 ? record : { ...record, page: this.page };
  }

  private keep(record: RawRecord): void {
    this.piece.push(record);
    this.size += recordMemory(record);
  }

  private unreadable(bytes: Buffer, fault: RecordFault): Extent {
    if (fault === "not_json") {
      if (this.total === 1 && !this.acceptMalformed)
        throw notLogs("all_malformed", this.scrub(bytes.toString("utf8", 0, 2048)), false);
      this.malformed++;
      this.tail.stray(bytes);
    } else this.goesOn();
    this.hold(this.onPage({ bytes: Buffer.from(bytes), fault }));
    return fault === "not_json" ? "broken" : "whole";
  }

  private hold(record: RawRecord): void {
    if (this.acceptMalformed) {
      this.keep(record);
      return;
    }
    this.held.push(record);
    this.heldSize += recordMemory(record);
    this.checkHeld();
  }

  private checkHeld(): void {
    if (this.heldSize + this.tail.size > heldBytes)
      throw new SourceError(
        "all_malformed",
        `more than ${sizeText(heldBytes)} of unreadable records`,
        `look at the answer with curl; ${wayOut}`,
      );
  }

  private goesOn(): void {
    if (!this.tail.empty) for (const record of this.tail.release()) this.admit(record);
  }
}
