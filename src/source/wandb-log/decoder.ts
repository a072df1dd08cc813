import type { RecordSink } from "./assembly.ts";
import { Cutter, type PassageSink } from "./cutter.ts";
import { Envelope } from "./envelope.ts";
import { type LastLine, Lines } from "./lines.ts";
import { Pieces } from "./pieces.ts";

/** How a body ended. */
export type Ending =
  /** `broken`: the last line came without 0x0A and is no JSON object, so the body was cut within it. */
  | { readonly form: "ndjson"; readonly lastLine: LastLine }
  /** `frame` is what stood around the entries, already parsed; undefined when it is not whole. */
  | { readonly form: "envelope"; readonly frame: Frame | undefined }
  | { readonly form: "nothing" }
  /** It begins as no log does; `head` is its beginning. */
  | { readonly form: "foreign"; readonly head: string };

/** The members of an envelope besides the entries. */
export type Frame = Readonly<Record<string, unknown>>;

const openBracket = 0x5b;
const openBrace = 0x7b;
const lessThan = 0x3c;
const space = 0x20;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const headBytes = 2048;

/**
 * Tells the forms of an answer apart by its first bytes and hands its records to `sink`: NDJSON, a JSON
 * array, or the envelope with `audit_logs`. Fed with chunks of any size; what it keeps is bounded by
 * `maxBytes`, the limit of a record.
 */
export class Decoder {
  private readonly maxBytes: number;
  private readonly anyLine: boolean;
  private readonly lines: Lines;
  private readonly cutter: Cutter | undefined;
  private readonly envelope: Envelope;
  private place: "start" | "undecided" | "lines" | "envelope" | "foreign" = "start";
  /** What was read before the form was known. */
  private readonly head = new Pieces();

  /**
   * With `anyLine` a body may begin as no log does, unless it is a web page. `passages` is asked first
   * whether lines have to be read.
   */
  constructor(sink: RecordSink, maxBytes: number, anyLine = false, passages?: PassageSink) {
    this.maxBytes = maxBytes;
    this.anyLine = anyLine;
    this.lines = new Lines(sink, maxBytes);
    this.cutter = passages && new Cutter(passages, this.lines);
    this.envelope = new Envelope(sink, maxBytes);
  }

  /** Known as soon as the first record is whole. */
  get form(): "ndjson" | "envelope" | "foreign" | undefined {
    if (this.place === "lines") return "ndjson";
    return this.place === "envelope" || this.place === "foreign" ? this.place : undefined;
  }

  push(chunk: Buffer): void {
    if (this.place === "lines") this.pushLines(chunk);
    else if (this.place === "envelope") this.envelope.push(chunk);
    else if (this.place === "undecided") this.decide(chunk);
    else if (this.place === "start") this.start(chunk);
    else if (this.head.size < headBytes) this.head.add(chunk.subarray(0, headBytes));
  }

  end(): Ending {
    // Too little came to tell: what there is decides, as a line.
    if (this.place === "undecided") this.toLines();
    if (this.place === "lines") return { form: "ndjson", lastLine: this.endLines() };
    if (this.place === "envelope") return { form: "envelope", frame: this.frame() };
    if (this.head.count === 0) return { form: "nothing" };
    const head = this.headText();
    return head.trim() === "null"
      ? { form: "envelope", frame: { audit_logs: null } }
      : { form: "foreign", head };
  }

  /** Skips white space and byte order marks, in whatever pieces they come. */
  private start(chunk: Buffer): void {
    this.head.add(chunk);
    const bytes = this.head.takeWhole();
    let from = 0;
    for (;;) {
      while (from < bytes.length && (bytes[from] as number) <= space) from++;
      if (from === bytes.length) return;
      const mark = bytes.subarray(from, from + byteOrderMark.length);
      if (!mark.equals(byteOrderMark.subarray(0, mark.length))) break;
      if (mark.length < byteOrderMark.length) {
        this.head.add(mark);
        return;
      }
      from += mark.length;
    }
    const first = bytes[from];
    if (first === openBrace || first === openBracket) {
      this.place = "undecided";
      this.decide(bytes.subarray(from));
    } else if (this.anyLine && first !== lessThan) {
      this.head.add(bytes.subarray(from));
      this.toLines();
    } else {
      this.place = "foreign";
      this.head.add(bytes.subarray(from, from + headBytes));
    }
  }

  private decide(chunk: Buffer): void {
    const { envelope } = this;
    this.head.add(chunk);
    const end = envelope.push(chunk);
    if (envelope.entered) this.place = "envelope";
    else if (envelope.closed) {
      if (isEnvelope(this.frame())) {
        this.place = "envelope";
        envelope.push(chunk, end);
      } else if (this.anyLine || !envelope.frame.includes("\n")) this.toLines();
      // One object over several lines: an error that somebody printed nicely, not a log.
      else this.place = "foreign";
    } else if (envelope.frameSize > this.maxBytes) this.toLines();
    if (this.place === "envelope") this.head.take();
  }

  private toLines(): void {
    this.place = "lines";
    for (const piece of this.head.take()) this.pushLines(piece);
  }

  private pushLines(chunk: Buffer): void {
    (this.cutter ?? this.lines).push(chunk);
  }

  private endLines(): LastLine {
    this.cutter?.end();
    return this.lines.end();
  }

  private frame(): Frame | undefined {
    try {
      const frame: unknown = this.envelope.closed ? JSON.parse(this.envelope.frame) : undefined;
      return typeof frame === "object" && frame !== null ? (frame as Frame) : undefined;
    } catch {
      return undefined;
    }
  }

  private headText(): string {
    return this.head.takeWhole().toString("utf8", 0, headBytes);
  }
}

/** An object that holds the entries of a page, though none or as `null`; never an entry. */
function isEnvelope(object: Frame | undefined): boolean {
  if (object === undefined || "timestamp" in object || "action" in object) return false;
  return "audit_logs" in object || "next_cursor" in object || "range_start_time" in object;
}
