import type { KnownPassages } from "../../record/passage.ts";
import type { RawRecord } from "../../record/record.ts";
import type { PassageSink } from "./cutter.ts";
import { Lines } from "./lines.ts";
import { readRecord } from "./read-record.ts";
import type { Records } from "./records.ts";

/** Has a read's passages counted where they are known, and read where they are not. */
export class PassageReader implements PassageSink {
  private readonly records: Records;
  private readonly known: KnownPassages;
  private readonly maxBytes: number;

  /** `maxBytes` is the limit of a record. */
  constructor(records: Records, known: KnownPassages, maxBytes: number) {
    this.records = records;
    this.known = known;
    this.maxBytes = maxBytes;
  }

  passage(parts: readonly Buffer[], readLines: () => void): void {
    const { records, known, maxBytes } = this;
    const fingerprint = known.fingerprintOf(parts);
    const notes = known.notesOf(fingerprint);
    const met = notes && { fingerprint, notes, records: () => recordsIn(parts, maxBytes) };
    if (met === undefined || !records.meet(met, bytesOf(parts))) records.readPassage(fingerprint, readLines);
  }
}

function bytesOf(parts: readonly Buffer[]): number {
  return parts.reduce((bytes, part) => bytes + part.length, 0);
}

/** The records of a passage that was read before: all are entries. */
function recordsIn(parts: readonly Buffer[], maxBytes: number): readonly RawRecord[] {
  const records: RawRecord[] = [];
  const lines = new Lines(
    {
      record(bytes) {
        records.push({ bytes, ...readRecord(bytes) });
        return "whole";
      },
      tooLong: (bytes) => void records.push({ bytes, fault: "line_too_long" }),
    },
    maxBytes,
  );
  for (const part of parts) lines.push(part);
  return records;
}
