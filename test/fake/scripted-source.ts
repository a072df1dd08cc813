import { parseEntry } from "../../src/record/entry.ts";
import type { Cursor, ReadDone } from "../../src/record/reading.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { type Source, SourceError } from "../../src/source/source.ts";

/** How one read goes: in which order, in what pieces, and where it breaks. */
export interface Script {
  /** Sorts the truth; equal keys keep their order. */
  readonly order: (text: string) => number;
  readonly pieceSize: number;
  /** The read fails after so many pieces; absent: it ends cleanly. */
  readonly cutAfter?: number;
  /**
   * Every piece is a page, and after each so many entries came before what was shown: these show once more.
   */
  readonly moves?: readonly number[];
}

/** A source whose truth is a plain list of lines. Each read follows the next script. */
export class ScriptedSource implements Source {
  readonly origin = {
    source: "prod",
    instance: "acme.example",
    baseUrl: "https://acme.example",
    anonymize: false,
  };
  truth: string[] = [];
  script: Script = { order: () => 0, pieceSize: 100 };
  /** What the cursor says after a clean end. */
  watermark = 0;

  async *read(
    _cursor: Cursor | undefined,
    _stop: AbortSignal,
  ): AsyncGenerator<readonly RawRecord[], ReadDone> {
    const { order, pieceSize, cutAfter, moves } = this.script;
    const lines = [...this.truth].sort((a, b) => order(a) - order(b));
    for (let at = 0, piece = 0; at < lines.length; piece++) {
      if (piece === cutAfter) throw new SourceError("cut_body", "the body was cut", "wait");
      const page = moves === undefined || piece === 0 ? {} : { page: piece };
      yield lines.slice(at, at + pieceSize).map((line) => {
        const entry = parseEntry(line);
        const bytes = Buffer.from(line);
        return entry === undefined ? { bytes, fault: "not_json", ...page } : { bytes, entry, ...page };
      });
      at += pieceSize;
      if (at < lines.length) at = Math.max(0, at - (moves?.[piece % moves.length] ?? 0));
    }
    if (cutAfter !== undefined) throw new SourceError("cut_body", "the body was cut at its end", "wait");
    return {
      next: String(this.watermark) as Cursor,
      caughtUp: true,
      covered: { from: this.watermark - 7 * 86_400_000, to: this.watermark },
      watermark: this.watermark,
      gaps: [],
      notices: [],
    };
  }

  async probe() {
    return [];
  }

  reload() {
    return false;
  }

  async close() {}
}
