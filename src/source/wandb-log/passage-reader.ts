import { EntryRows } from "../../record/entry-rows.ts";
import type { KnownPassages, Passage, Piece } from "../../record/passage.ts";
import type { RawRecord } from "../../record/record.ts";
import type { PassageSink } from "./cutter.ts";
import { Lines } from "./lines.ts";
import { timesNotes } from "./notes.ts";
import { readRecord } from "./read-record.ts";
import { readRows } from "./read-rows.ts";
import type { Records } from "./records.ts";
import { SpentMemory } from "./spent-memory.ts";

/** Has a read's passages counted where they are known, and read where they are not. */
export class PassageReader implements PassageSink {
  private readonly records: Records;
  private readonly known: KnownPassages;
  private readonly maxBytes: number;
  private readonly memory = new SpentMemory();
  /** Rows whose passages are done with. */
  private readonly spare: EntryRows[] = [];
  /** Of the last chunk, which is still being cut: what stands in rows too. */
  private readonly copied: Buffer[] = [];

  /** `maxBytes` is the limit of a record. */
  constructor(records: Records, known: KnownPassages, maxBytes: number) {
    this.records = records;
    this.known = known;
    this.maxBytes = maxBytes;
  }

  /** A chunk of the body, in memory of its own, is about to be cut. */
  came(chunk: Buffer): void {
    for (const part of this.copied.splice(0)) this.memory.spend(part);
    this.memory.came(chunk);
  }

  passage(parts: readonly Buffer[], readLines: () => void): void {
    const { records, known, maxBytes } = this;
    const fingerprint = known.fingerprintOf(parts);
    const notes = known.notesOf(fingerprint);
    if (notes === undefined) {
      if (this.readNew(fingerprint, parts)) return;
    } else {
      const met = new MetPassage(fingerprint, notes, parts, maxBytes);
      if (records.meet(met, met.size)) return;
    }
    records.readPassage(fingerprint, readLines);
  }

  /** Reads a passage into rows, where all its lines are dated entries and none is left out. */
  private readNew(fingerprint: Buffer, parts: readonly Buffer[]): boolean {
    const rows = this.spare.pop() ?? new EntryRows();
    if (readRows(rows, parts, this.maxBytes)) {
      const passage = new RowsPassage(fingerprint, timesNotes(rows.times), rows);
      if (this.records.meet(passage, rows.byteLength)) {
        this.copied.push(...parts);
        return true;
      }
    }
    this.spare.push(rows);
    return false;
  }

  /** Whoever got this piece is done with it: the memory of its passages is of no more use. */
  taken(piece: Piece): void {
    for (const part of piece)
      if (part instanceof RowsPassage) this.spare.push(part.rows);
      else if (part instanceof MetPassage && !part.wasRead)
        for (const bytes of part.parts) this.memory.spend(bytes);
  }
}

/** A passage that was read before, so that all its lines are entries. */
class MetPassage implements Passage {
  readonly fingerprint: Buffer;
  readonly notes: ArrayLike<number>;
  readonly parts: readonly Buffer[];
  wasRead = false;
  private readonly maxBytes: number;

  constructor(fingerprint: Buffer, notes: ArrayLike<number>, parts: readonly Buffer[], maxBytes: number) {
    this.fingerprint = fingerprint;
    this.notes = notes;
    this.parts = parts;
    this.maxBytes = maxBytes;
  }

  get size(): number {
    return this.parts.reduce((bytes, part) => bytes + part.length, 0);
  }

  records(): readonly RawRecord[] {
    this.wasRead = true;
    const records: RawRecord[] = [];
    const lines = new Lines(
      {
        record(bytes) {
          records.push({ bytes, ...readRecord(bytes) });
          return "whole";
        },
        tooLong: (bytes) => void records.push({ bytes, fault: "line_too_long" }),
      },
      this.maxBytes,
    );
    for (const part of this.parts) lines.push(part);
    return records;
  }
}

/** A passage that was just read, whose memory is used again. */
class RowsPassage implements Passage {
  readonly fingerprint: Buffer;
  readonly notes: ArrayLike<number>;
  readonly rows: EntryRows;

  constructor(fingerprint: Buffer, notes: ArrayLike<number>, rows: EntryRows) {
    this.fingerprint = fingerprint;
    this.notes = notes;
    this.rows = rows;
  }

  records(): readonly RawRecord[] {
    return Array.from({ length: this.rows.count }, (_, at) => this.rows.record(at));
  }
}
