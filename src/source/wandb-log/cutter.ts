import { memoryOf } from "../../record/memory-view.ts";
import type { Lines } from "./lines.ts";
import { Pieces } from "./pieces.ts";

const newline = 0x0a;
/** Where a passage ends is looked for behind so many bytes. */
const leastBytes = 48 * 1024;
/** On the average it is found so many bytes later. */
const soughtBytes = 16 * 1024;
/** Behind so many any line is its last. */
const mostBytes = 128 * 1024;
/** So many bytes at a line's beginning, and at its end, say whether a passage ends with it. */
const toldBy = 64;

/** Takes the passages of a body in their order. */
export interface PassageSink {
  /**
   * Whole lines. `readLines` hands the records in them to the sink of the lines; whoever knows them need not
   * call it.
   */
  passage(parts: readonly Buffer[], readLines: () => void): void;
}

/**
 * Cuts NDJSON into passages of some 64 KiB. Whether one ends with a line, that line alone says, so that one
 * more line, or one less, changes one passage and not all that follow. Most bytes are not looked at.
 */
export class Cutter {
  private readonly sink: PassageSink;
  private readonly lines: Lines;
  /** What came of the passage, and of its last line once that counts. */
  private readonly passage = new Pieces();
  private readonly line = new Pieces();
  /** A line has ended behind the first `leastBytes`: the next ones say whether the passage ends. */
  private seeking = false;
  /** Within a line that is no part of any passage, because it is too long. */
  private passing = false;

  constructor(sink: PassageSink, lines: Lines) {
    this.sink = sink;
    this.lines = lines;
  }

  push(chunk: Buffer): void {
    const began = this.passing ? this.passLine(chunk) : 0;
    let from = began;
    let lineFrom = began;
    let at = this.find(chunk, from);
    while (at !== -1) {
      const end = at + 1;
      if (this.endsWith(chunk, lineFrom, at) || this.passage.size + end - from >= mostBytes) {
        this.passage.add(chunk.subarray(from, end));
        this.finish();
        from = end;
        at = this.find(chunk, from);
      } else {
        this.seeking = true;
        at = chunk.indexOf(newline, end);
      }
      lineFrom = end;
    }
    if (from === chunk.length) return;
    this.passage.add(chunk.subarray(from));
    if (this.seeking && lineFrom < chunk.length) this.line.add(chunk.subarray(lineFrom));
    // Any line end behind `mostBytes` would have been the passage's.
    if (this.passage.size > 2 * mostBytes) this.startPassing();
  }

  /** What followed the last passage: it is one, unless its last line has no end. */
  end(): void {
    if (this.passage.size === 0) return;
    const parts = this.passage.take();
    if (parts.at(-1)?.at(-1) === newline) this.hand(parts);
    else for (const part of parts) this.lines.push(part);
  }

  /** The next line end that may be the passage's, when it goes on at `from`. */
  private find(chunk: Buffer, from: number): number {
    const skipped = this.seeking ? 0 : Math.max(0, leastBytes - this.passage.size);
    return from + skipped < chunk.length ? chunk.indexOf(newline, from + skipped) : -1;
  }

  /** Whether the line that ends at `at` is the last of a passage; `from` is where the chunk has it from. */
  private endsWith(chunk: Buffer, from: number, at: number): boolean {
    if (!this.seeking) return false;
    if (this.line.size === 0) return isLast(chunk, from, at);
    this.line.add(chunk.subarray(from, at));
    const line = this.line.takeWhole();
    return isLast(line, 0, line.length);
  }

  private finish(): void {
    this.seeking = false;
    this.hand(this.passage.take());
  }

  private hand(parts: readonly Buffer[]): void {
    const { lines } = this;
    this.sink.passage(parts, () => {
      for (const part of parts) lines.push(part);
    });
  }

  private startPassing(): void {
    this.passing = true;
    this.seeking = false;
    this.line.take();
    for (const part of this.passage.take()) this.lines.push(part);
  }

  /** Gives back where the line ends that is no part of any passage. */
  private passLine(chunk: Buffer): number {
    const at = chunk.indexOf(newline);
    this.passing = at === -1;
    const end = this.passing ? chunk.length : at + 1;
    this.lines.push(chunk.subarray(0, end));
    return end;
  }
}

/**
 * Longer lines are the last of a passage more often, so that passages are as large whatever the lines are.
 */
function isLast(bytes: Buffer, from: number, to: number): boolean {
  const memory = memoryOf(bytes);
  const [start, end] = [bytes.byteOffset + from, bytes.byteOffset + to];
  let mixed = 0;
  const head = Math.min(start + toldBy, end - 3);
  for (let at = start; at < head; at += 4) mixed = Math.imul(mixed ^ memory.getInt32(at, true), 0x9e3779b1);
  const tail = Math.max(start, end - toldBy);
  for (let at = end - 4; at >= tail; at -= 4)
    mixed = Math.imul(mixed ^ memory.getInt32(at, true), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  return (Math.imul(mixed, 0x2c1b3c6d) >>> 0) / 2 ** 32 < (to - from) / soughtBytes;
}
