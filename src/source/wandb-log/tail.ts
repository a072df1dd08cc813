import { detached, type RawRecord } from "../../record/record.ts";
import { recordMemory } from "../../record/record-memory.ts";
import type { SourceError } from "../source.ts";
import type { Likeness } from "./error-report.ts";
import { notLogs } from "./not-logs.ts";

const textBytes = 2048;
const openBrace = 0x7b;
const lessThan = 0x3c;
const space = 0x20;

/**
 * What came last of an answer, as far as it may be an error in place of records: from the first such piece
 * on. A record behind it shows that the answer went on, and what waits here was part of the log.
 */
export class Tail {
  /** What waits takes about so many bytes. */
  size = 0;
  private waiting: RawRecord[] = [];
  private text = "";
  private evident = false;

  get empty(): boolean {
    return this.text === "";
  }

  /** An object that may be an error. It waits until the answer goes on. */
  wait(record: RawRecord, likeness: Likeness): void {
    this.waiting.push(detached(record));
    this.size += recordMemory(record);
    this.quote(record.bytes, likeness === "error");
  }

  /** Text that is no JSON object. What begins as one is a broken record; what has no word shows nothing. */
  stray(bytes: Buffer): void {
    const first = bytes.find((byte) => byte > space);
    if (first === openBrace || !/[A-Za-z]/.test(bytes.toString("latin1", 0, textBytes))) return;
    this.quote(bytes, first === lessThan);
  }

  /** The answer went on: gives back what waited. */
  release(): readonly RawRecord[] {
    const { waiting } = this;
    this.waiting = [];
    this.text = "";
    this.evident = false;
    this.size = 0;
    return waiting;
  }

  /**
   * What it means that the answer ended here; undefined when nothing is wrong. `believed`: only what is
   * plainly an error counts as one.
   */
  error(scrub: (text: string) => string, believed: boolean): SourceError | undefined {
    if (this.empty || (believed && !this.evident)) return undefined;
    return notLogs("server_error", scrub(this.text), this.evident);
  }

  private quote(bytes: Buffer, evident: boolean): void {
    const text = bytes.toString("utf8", 0, textBytes);
    if (this.text.length < textBytes) this.text += this.empty ? text : `\n${text}`;
    this.evident ||= evident;
  }
}
