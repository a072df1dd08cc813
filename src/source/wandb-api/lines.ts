import { Assembly, type RecordSink } from "./assembly.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** Splits NDJSON at 0x0A and nowhere else. Blank lines are no records; a line's final 0x0D is no part of it. */
export class Lines {
  private readonly rest: Assembly;

  constructor(sink: RecordSink, maxBytes: number) {
    this.rest = new Assembly(sink, maxBytes);
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      this.line(chunk.subarray(from, chunk[end - 1] === carriageReturn && end > from ? end - 1 : end));
      from = end + 1;
    }
    if (from < chunk.length) this.rest.add(chunk.subarray(from));
  }

  /** True when bytes followed the last line's end. They are handed over as a record. */
  end(): boolean {
    const unended = this.rest.size > 0;
    if (unended) this.line(Buffer.alloc(0));
    return unended;
  }

  private line(bytes: Buffer): void {
    if (this.rest.size === 0 && isBlank(bytes)) return;
    this.rest.finish(bytes);
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > space) return false;
  return true;
}
