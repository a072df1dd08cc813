import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { KnownPassages, Passage, Piece } from "../../../src/record/passage.ts";
import { Decoder } from "../../../src/source/wandb-log/decoder.ts";
import { PassageReader } from "../../../src/source/wandb-log/passage-reader.ts";
import { Records } from "../../../src/source/wandb-log/records.ts";
import { recordsOf } from "../../fake/records-of.ts";

const timed = (at: number) =>
  JSON.stringify({
    timestamp: new Date(Date.UTC(2026, 7, 20, 0, 0, at)).toISOString(),
    action: "user:login",
    n: at,
  });
const lines = Array.from({ length: 4_000 }, (_, at) => timed(at));

/** Remembers notes alone. */
class Memory implements KnownPassages {
  readonly notes = new Map<string, ArrayLike<number>>();

  fingerprintOf(parts: readonly Buffer[]): Buffer {
    return createHash("sha256").update(Buffer.concat(parts)).digest();
  }

  notesOf(fingerprint: Buffer) {
    return this.notes.get(fingerprint.toString("hex"));
  }

  learn(piece: Piece): void {
    for (const part of piece)
      if ("notes" in part) this.notes.set(part.fingerprint.toString("hex"), part.notes);
  }
}

function read(text: string, memory: Memory, start = 0) {
  const records = new Records(start, { scrub: (words) => words, acceptMalformed: false });
  const decoder = new Decoder(records, 10_000, false, new PassageReader(records, memory, 10_000));
  decoder.push(Buffer.from(text));
  decoder.end();
  const failure = records.finish();
  const { total, leftOut, times, size } = records;
  const piece = records.take();
  memory.learn(piece);
  const shown = recordsOf(piece).map(({ bytes, entry, fault }) => [bytes.toString(), entry?.keys, fault]);
  const passages = piece.filter((part): part is Passage => "notes" in part);
  return {
    failure,
    shown,
    passages,
    counts: { total, leftOut, perDay: [...times.perDay], newest: times.newest },
    size,
  };
}

describe("passages of a read", () => {
  it("are counted where they were read before, as they were then, and read only when somebody asks", () => {
    const memory = new Memory();
    const text = `${lines.join("\n")}\n`;
    const first = read(text, memory);
    expect(first.passages.length).toBeGreaterThan(3);
    expect(first.shown.map(([line]) => line)).toEqual(lines);
    const again = read(text, memory);
    expect({ ...again.counts, shown: again.shown }).toEqual({ ...first.counts, shown: first.shown });
    expect(again.passages.map(({ fingerprint }) => fingerprint)).toEqual(
      first.passages.map(({ fingerprint }) => fingerprint),
    );
    expect(again.size).toBe(text.length);
  });

  it("are records of their own where one of them is no dated entry, waits, or is left out", () => {
    for (const odd of ["{broken", '{"action":"undated"}', '{"note":1}', "x".repeat(11_000)]) {
      const { passages, shown } = read(`${timed(1)}\n${odd}\n${timed(2)}\n`, new Memory());
      expect([passages, shown.length]).toEqual([[], 3]);
    }
    const noon = Date.UTC(2026, 7, 20, 0, 0, 1);
    const { passages, counts } = read(`${timed(0)}\n${timed(1)}\n`, new Memory(), noon);
    expect([passages, counts.leftOut]).toEqual([[], 1]);
  });

  it("are read where `start` may leave something out of them", () => {
    const memory = new Memory();
    const text = `${timed(0)}\n${timed(1)}\n`;
    expect(read(text, memory).passages).toHaveLength(1);
    const later = read(text, memory, Date.UTC(2026, 7, 20, 0, 0, 1));
    expect([later.passages, later.counts.leftOut, later.shown.length]).toEqual([[], 1, 1]);
  });

  it("give their memory back when they were counted, and keep it where somebody reads them", () => {
    const memory = new Memory();
    const text = Buffer.from(`${lines.join("\n")}\n`);
    read(text.toString(), memory);
    for (const wanted of [false, true]) {
      const records = new Records(0, { scrub: (words) => words, acceptMalformed: false });
      const passages = new PassageReader(records, memory, 10_000);
      const decoder = new Decoder(records, 10_000, false, passages);
      const chunk = Buffer.allocUnsafeSlow(text.length);
      text.copy(chunk);
      passages.came(chunk);
      decoder.push(chunk);
      decoder.end();
      const piece = records.take();
      const kept = wanted ? (piece.at(-1) as Passage).records() : [];
      passages.taken(piece);
      expect(chunk.buffer.byteLength).toBe(wanted ? text.length : 0);
      expect(kept.at(-1)?.bytes.toString()).toBe(wanted ? lines.at(-1) : undefined);
    }
  });

  it("are none where what waited before them came with them, and one of theirs waits", () => {
    const report = (bytes: number) =>
      `{"timestamp":"2026-08-20T00:00:00Z","error":"${"x".repeat(bytes)}"}\n`.repeat(8);
    const { passages } = read(`${report(9_000)}${timed(0)}\n${report(1)}`, new Memory());
    expect(passages).toEqual([]);
  });

  it("show that the answer went on behind what may have been an error", () => {
    const memory = new Memory();
    read(`${timed(0)}\n${timed(1)}\n`, memory);
    const doubtful = `{"note":"${"x".repeat(9_000)}"}\n`.repeat(14);
    const first = read(`${doubtful}${timed(0)}\n${timed(1)}\n`, memory);
    expect([first.failure, first.shown.length]).toEqual([undefined, 16]);
    expect(first.passages).toHaveLength(1);
  });
});
