import type { KnownPassages, Passage, Piece } from "../../record/passage.ts";
import type { RawRecord } from "../../record/record.ts";
import type { PassageSink } from "./cutter.ts";
import { Lines } from "./lines.ts";
import { readRecord } from "./read-record.ts";
import type { Records } from "./records.ts";
import { SpentMemory } from "./spent-memory.ts";

/** Has a read's passages counted where they are known, and read where they are not. */
export class PassageReader implements PassageSink {
  private readonly records: Records;
  private readonly known: KnownPassages;
  private readonly maxBytes: number;
  private readonly memory = new SpentMemory();

  /** `maxBytes` is the limit of a record. */
  constructor(records: Records, known: KnownPassages, maxBytes: number) {
    this.records = records;
    this.known = known;
    this.maxBytes = maxBytes;
  }

  /** A chunk of the body, in memory of its own, is about to be cut. */
  came(chunk: Buffer): void {
    this.memory.came(chunk);
  }

  passage(parts: readonly Buffer[], readLines: () => void): void {
    const { records, known, maxBytes } = this;
    const fingerprint = known.fingerprintOf(parts);
    const notes = known.notesOf(fingerprint);
    const met = notes && new MetPassage(fingerprint, notes, parts, maxBytes);
    if (met === undefined || !records.meet(met, met.size)) records.readPassage(fingerprint, readLines);
  }

  /** Whoever got this piece is done with it: passages that nobody has read are of no more use. */
  taken(piece: Piece): void {
    for (const part of piece)
      if (part instanceof MetPassage && !part.wasRead)
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
