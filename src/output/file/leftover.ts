const newline = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * The last lines that a file had when it was opened. What was written when the program ended, or a write
 * failed, is among them, and comes again because nobody knows that it is there.
 */
export interface Leftover {
  /** Whole lines with their line feeds, as latin1. */
  readonly lines: Set<string>;
  /** What stands behind the last line feed: the beginning of a line. */
  readonly half: Buffer;
}

/** Nothing was there. */
export function nothingLeft(): Leftover {
  return { lines: new Set(), half: nothing };
}

/**
 * Reads lines from the end of a file; `whole` says that the piece begins where the file does. `known`: that
 * no two events have the same line, so that one that is there need not be written again.
 */
export function leftoverOf(piece: Buffer, { whole, known }: { whole: boolean; known: boolean }): Leftover {
  const end = piece.lastIndexOf(newline) + 1;
  const half = Buffer.from(piece.subarray(end));
  if (!known) return { lines: new Set(), half };
  const lines = linesOf(piece.subarray(whole ? 0 : piece.indexOf(newline) + 1, end));
  return { lines: new Set(lines.map((line) => line.toString("latin1"))), half };
}

/** What is left to write of a batch. */
export interface Remainder {
  /** So many lines are there. */
  readonly found: number;
  /** The rest of the half line. */
  readonly rest: Buffer;
  /** Whole lines. */
  readonly lines: Buffer;
  /** The half line is of another event, so nothing may be written behind it. */
  readonly stuck: boolean;
}

/** Without the lines that are there: each of them counts once, and is taken out of `leftover`. */
export function remainderOf(batch: Buffer, { lines, half }: Leftover): Remainder {
  const all = lines.size === 0 ? [batch] : linesOf(batch);
  const missing = lines.size === 0 ? all : all.filter((line) => !lines.delete(line.toString("latin1")));
  const found = all.length - missing.length;
  const bytes = missing.length === 1 ? (missing[0] as Buffer) : Buffer.concat(missing);
  if (half.length === 0 || bytes.length === 0) return { found, rest: nothing, lines: bytes, stuck: false };
  const goesOn = bytes.length > half.length && bytes.subarray(0, half.length).equals(half);
  if (!goesOn) return { found, rest: nothing, lines: bytes, stuck: true };
  const end = bytes.indexOf(newline) + 1;
  return { found, rest: bytes.subarray(half.length, end), lines: bytes.subarray(end), stuck: false };
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(newline, from) + 1;
    const to = end === 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}
