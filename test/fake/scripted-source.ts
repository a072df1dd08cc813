import { parseEntry } from "../../src/record/parse-entry.ts";
import type { Cursor, DayDone, ReadDone } from "../../src/record/reading.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { type Source, SourceError } from "../../src/source/source.ts";

/** How one read goes: in which order, in what pieces, and where it breaks. */
export interface Script {
  /** Sorts the truth; equal keys keep their order. */
  readonly order: (text: string) => number;
  readonly pieceSize: number;
  /** The read fails after so many pieces; absent: it ends cleanly. */
  readonly cutAfter?: number;
  /** It does not fail then, but ends with what was shown set aside. */
  readonly setAside?: boolean;
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
    const { order, pieceSize, cutAfter, setAside, moves } = this.script;
    const cut = (message: string) => {
      if (setAside !== true) throw new SourceError("cut_body", message, "wait");
      return { ...this.#done(), caughtUp: false, partial: true as const };
    };
    const lines = [...this.truth].sort((a, b) => order(a) - order(b));
    for (let at = 0, piece = 0; at < lines.length; piece++) {
      if (piece === cutAfter) return cut("the body was cut");
      const page = moves === undefined || piece === 0 ? {} : { page: piece };
      yield lines.slice(at, at + pieceSize).map((line) => {
        const entry = parseEntry(Buffer.from(line));
        const bytes = Buffer.from(line);
        return entry === undefined ? { bytes, fault: "not_json", ...page } : { bytes, entry, ...page };
      });
      at += pieceSize;
      if (at < lines.length) at = Math.max(0, at - (moves?.[piece % moves.length] ?? 0));
    }
    if (cutAfter !== undefined) return cut("the body was cut at its end");
    return this.#done();
  }

  #done(): ReadDone {
    return {
      next: String(this.watermark) as Cursor,
      caughtUp: true,
      covered: { from: this.watermark - 7 * 86_400_000, to: this.watermark },
      watermark: this.watermark,
      gaps: [],
      notices: [],
    };
  }

  /** Nobody asks it for a day. */
  async *readDay(): AsyncGenerator<readonly RawRecord[], DayDone> {
    yield [];
    return { whole: true, gap: "it has no days" };
  }

  async probe() {
    return [];
  }

  reload() {
    return false;
  }

  async close() {}
}
