import { parseEntry } from "../../../src/record/parse-entry.ts";
import type { Cursor, DayDone, ReadDone } from "../../../src/record/reading.ts";
import type { RawRecord } from "../../../src/record/record.ts";
import { type Source, SourceError, type SourceReason } from "../../../src/source/source.ts";
import { dayMs } from "../../../src/time/clock.ts";
import type { TrueEvent } from "./truth.ts";

const lookbackMs = 26 * 3_600_000;

/** How one read goes: in which order, in what pieces, and how it breaks. */
export interface Reading {
  readonly order: number;
  readonly pieceSize: number;
  /** Every piece is a page, and between two of them an entry comes before what was shown. */
  readonly moves?: boolean;
  /** With `after` pieces shown the read fails; absent: it ends cleanly. */
  readonly fault?: { readonly reason: SourceReason; readonly after: number };
}

/**
 * An audit log that shows whole days, from a little before the cursor on, and remembers what it has shown.
 */
export class ModelSource implements Source {
  readonly origin = {
    source: "prod",
    instance: "acme.example",
    baseUrl: "https://acme.example",
    anonymize: false,
  };
  readonly truth: TrueEvent[] = [];
  projectName = "defect-detector";
  reading: Reading = { order: 1, pieceSize: 100 };
  /** What each read would have shown at its clean end, by the number in its cursor. */
  readonly shown: string[][] = [];
  readonly #now: () => number;
  /**
   * Pages moved in the last read that ended cleanly: not in two that follow each other, where one entry could
   * look like two.
   */
  #moved = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What a read that led to this cursor has shown. */
  shownUntil(cursor: Cursor | undefined): readonly string[] {
    return cursor === undefined ? [] : (this.shown[Number(cursor.split("/")[1])] ?? []);
  }

  async *read(cursor: Cursor | undefined): AsyncGenerator<readonly RawRecord[], ReadDone> {
    const { order, pieceSize, fault } = this.reading;
    const moves = this.reading.moves === true && pieceSize > 1 && !this.#moved;
    const paged = this.reading.moves === true;
    const now = this.#now();
    const from =
      cursor === undefined
        ? Number.NEGATIVE_INFINITY
        : Math.floor((Number(cursor.split("/")[0]) - lookbackMs) / dayMs) * dayMs;
    const visible = this.truth.filter(({ at }) => at >= from);
    const number = this.shown.push(visible.map(({ stable }) => stable)) - 1;
    const lines = visible
      .map((event) => event.render(this.projectName))
      .map((line) => [scrambled(line, order), line] as const)
      .sort(([a], [b]) => a - b);
    let pieces = 0;
    const breakNow = () => {
      if (fault?.after === pieces) throw new SourceError(fault.reason, "the read broke", "wait");
    };
    for (
      let at = 0;
      at < lines.length;
      at += moves && at + pieceSize < lines.length ? pieceSize - 1 : pieceSize, pieces++
    ) {
      breakNow();
      const page = paged && pieces > 0 ? { page: pieces } : {};
      yield lines.slice(at, at + pieceSize).map(([, line]) => ({ ...recordOf(line), ...page }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (fault !== undefined) throw new SourceError(fault.reason, "the read broke at its end", "wait");
    this.#moved = moves;
    return {
      next: `${now}/${number}` as Cursor,
      caughtUp: true,
      covered: { from: Math.max(from, now - 7 * dayMs), to: now },
      watermark: now,
      gaps: [],
      notices: [],
    };
  }

  async *readDay(): AsyncGenerator<readonly RawRecord[], DayDone> {
    yield [];
    return { whole: true };
  }

  async probe() {
    return [];
  }

  reload() {
    return false;
  }

  async close() {}
}

function recordOf(line: string): RawRecord {
  const entry = parseEntry(Buffer.from(line));
  const bytes = Buffer.from(line);
  return entry === undefined ? { bytes, fault: "not_json" } : { bytes, entry };
}

/** Another order for every seed; twins stay equal. */
function scrambled(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return hash;
}
