import { hash } from "node:crypto";
import type { Extent, RecordSink } from "../wandb-log/assembly.ts";

/** So many empty pages in a row are no progress any more. */
const maxEmptyPages = 1_000;
/**
 * So many entries on pages that only repeat the one before are no twins any more. Times may be whole seconds,
 * so this has to be more than users could make in one: a page that fails the read would stop the log.
 */
const maxRepeated = 100_000;
/** Larger cursors do not fit into the head of a request, which is where they have to stand. */
const longestCursor = 8_192;
const nothing = Buffer.alloc(0);

/**
 * Stands between a window's pages and its records, and notices pages that do not lead on: each repetition
 * would make twins of entries that happened once, as long as the server likes. Keeps little of each page,
 * however many there are.
 */
export class Pages implements RecordSink {
  private readonly sink: RecordSink;
  private readonly cursors = new Set<string>();
  private size = 0;
  private first: Buffer = nothing;
  private last: Buffer = nothing;
  private before: { readonly size: number; readonly first: Buffer; readonly last: Buffer } = {
    size: 0,
    first: nothing,
    last: nothing,
  };
  private empty = 0;
  private repeated = 0;

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

  /** A page ended, and another one is said to be at `cursor`. False when that cannot go on. */
  leadOn(cursor: string): boolean {
    const { size, before } = this;
    const page = { size, first: this.first, last: Buffer.from(this.last) };
    const same = size === before.size && page.first.equals(before.first) && page.last.equals(before.last);
    this.empty = size === 0 ? this.empty + 1 : 0;
    this.repeated = same ? this.repeated + size : 0;
    this.before = page;
    this.size = 0;
    this.first = nothing;
    this.last = nothing;
    if (cursor.length > longestCursor || this.empty > maxEmptyPages || this.repeated > maxRepeated)
      return false;
    const known = this.cursors.size;
    return this.cursors.add(hash("sha256", cursor, "base64")).size > known;
  }

  private note(bytes: Buffer): void {
    if (this.size === 0) this.first = Buffer.from(bytes);
    this.last = bytes;
    this.size++;
  }
}
