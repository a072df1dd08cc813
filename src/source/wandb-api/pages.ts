import { createHash, hash } from "node:crypto";
import type { Extent, RecordSink } from "../wandb-log/assembly.ts";

/** So many empty pages in a row are no progress any more. */
const maxEmptyPages = 1_000;
/**
 * A page of so many different entries that was shown before shows that the pages run in a circle. With fewer
 * on a page it takes a few repeats: two twins may follow each other there as they happened.
 */
const surelyRepeated = 100;
const fewRepeats = 3;
/**
 * Pages full of one and the same entry may be true twins, as many as users can make in one second: times may
 * be whole seconds, and a page that fails the read would stop the log.
 */
const mostTwins = 5_000;
const mostTwinPages = 32;
/** More pages are no window: of a hundred entries each they would be ten million. Each is remembered. */
const mostPages = 100_000;
/** Larger cursors do not fit into the head of a request, which is where they have to stand. */
const longestCursor = 8_192;
const nothing = Buffer.alloc(0);
const nul = Buffer.alloc(1);

/**
 * Stands between a window's pages and its records, and notices pages that do not lead on: each repetition
 * would make twins of entries that happened once, as long as the server likes. Keeps little of each page,
 * however many there are.
 */
export class Pages implements RecordSink {
  /** The last page was shown before: what it holds may be twins that never happened. */
  repeating = false;
  /** The pages run in a circle. */
  circular = false;
  private readonly sink: RecordSink;
  private readonly cursors = new Set<string>();
  /** How often each page was shown, by what it looks like. */
  private readonly shown = new Map<string, number>();
  private size = 0;
  private bytes = 0;
  /** Over the page's first entries. */
  private beginning = createHash("sha256");
  private first: Buffer = nothing;
  private last: Buffer = nothing;
  /** All entries of the page are the same. */
  private alike = true;
  private empty = 0;
  private count = 0;

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  record(bytes: Buffer): Extent {
    this.note(bytes);
    return this.sink.record(bytes);
  }

  tooLong(bytes: Buffer): void {
    this.note(bytes);
    this.sink.tooLong(bytes);
  }

  /**
   * A page ended, and another one is said to be at `cursor`, or none. False when it cannot have been a page
   * of the log, or when that cursor cannot lead on.
   */
  ended(cursor: string | undefined): boolean {
    const { size } = this;
    this.count++;
    this.empty = size === 0 ? this.empty + 1 : 0;
    if (size > 0) this.compare("whole");
    this.beginning = createHash("sha256");
    this.size = 0;
    this.bytes = 0;
    this.alike = true;
    this.first = nothing;
    this.last = nothing;
    if (this.circular) return false;
    if (cursor === undefined) return true;
    if (cursor.length > longestCursor || this.empty > maxEmptyPages || this.count > mostPages) return false;
    const known = this.cursors.size;
    return this.cursors.add(shortHash(cursor)).size > known;
  }

  /** Compares what was shown of this page with what other pages showed so far. */
  private compare(part: "beginning" | "whole"): void {
    const { size, bytes, alike, last } = this;
    const beginning = this.beginning.copy().digest("base64");
    const page = shortHash(`${part} ${size} ${bytes} ${beginning} ${hash("sha256", last, "base64")}`);
    const before = this.shown.get(page) ?? 0;
    this.shown.set(page, before + 1);
    this.repeating = before > 0;
    this.circular ||= alike
      ? before >= mostTwinPages || (before > 0 && before * size > mostTwins)
      : before >= (size < surelyRepeated ? fewRepeats : 1);
  }

  private note(bytes: Buffer): void {
    if (this.size === 0) this.first = Buffer.from(bytes);
    else if (this.alike) this.alike = bytes.equals(this.first);
    this.last = bytes;
    if (this.size < surelyRepeated) this.beginning.update(bytes).update(nul);
    this.size++;
    this.bytes += bytes.length;
    // Soon enough that a long page is found out before it has been shown.
    if (this.size === surelyRepeated && !this.alike) this.compare("beginning");
  }
}

/** Short, because there may be many, and long enough to be nobody else's. */
function shortHash(text: string): string {
  return hash("sha256", text, "base64").slice(0, 16);
}
