import { Assembly, type RecordSink } from "./assembly.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** Splits NDJSON at 0x0A and nowhere else. Blank lines are no records; a line's final 0x0D is no part of it. */
export class Lines {
  private readonly line: Assembly;

  constructor(sink: RecordSink, maxBytes: number) {
    this.line = new Assembly(
      {
        record(bytes) {
          const line = bytes[bytes.length - 1] === carriageReturn ? bytes.subarray(0, -1) : bytes;
          if (!isBlank(line)) sink.record(line);
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

  /** True when bytes followed the last line's end. They are handed over as a record. */
  end(): boolean {
    const unended = this.line.size > 0;
    if (unended) this.line.finish(Buffer.alloc(0));
    return unended;
  }
}

function isBlank(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length && (bytes[at] as number) <= space) at++;
  return at === bytes.length;
}
