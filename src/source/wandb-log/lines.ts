import { Assembly, type Extent, type RecordSink } from "./assembly.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const nothing = Buffer.alloc(0);

/** What the last bytes were: a line with its 0x0A (`ended`), or one without it, and how far that went. */
export type LastLine = "ended" | Extent;

/**
 * Splits NDJSON at 0x0A and nowhere else. Blank lines are no records; a line's final 0x0D is no part of it.
 */
export class Lines {
  private readonly line: Assembly;

  constructor(sink: RecordSink, maxBytes: number) {
    this.line = new Assembly(
      {
        record(bytes) {
          const line = bytes[bytes.length - 1] === carriageReturn ? bytes.subarray(0, -1) : bytes;
          // Of nothing, nothing is missing.
          return isBlank(line) ? "whole" : sink.record(line);
        },
        tooLong: (bytes) => sink.tooLong(bytes),
      },
      maxBytes,
    );
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      this.line.finish(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) this.line.add(chunk.subarray(from));
  }

  /**
   * Hands over what followed the last 0x0A as a record. Bytes without an end may be cut ones; only an object
   * that closes shows that nothing is missing. That is asked of a line over the limit too: taken half, it
   * would be another record at the next read, and what stood behind it would count as read.
   */
  end(): LastLine {
    return this.line.size === 0 ? "ended" : this.line.finish(nothing);
  }
}

function isBlank(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length && (bytes[at] as number) <= space) at++;
  return at === bytes.length;
}
