import { describe, expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import type { LedgerRead } from "../../src/ingest/ledger-read.ts";
import { takePassage } from "../../src/ingest/passage-intake.ts";
import { Passages } from "../../src/ingest/passages.ts";
import type { Passage } from "../../src/record/passage.ts";
import type { RawRecord } from "../../src/record/record.ts";
import { identity, LedgerDisk, openLedger } from "./ledger-reading.ts";

const day = 20_000;

/** A passage that shows these identities, and how often it was read. */
function passageOf(passages: Passages, numbers: readonly number[]): Passage & { reads: number } {
  const passage = {
    fingerprint: passages.fingerprintOf([Buffer.from(numbers.join(" "))]),
    notes: [numbers.length],
    reads: 0,
    records(): RawRecord[] {
      passage.reads++;
      return numbers.map((n) => ({ bytes: Buffer.from(String(n)) }));
    },
  };
  return passage;
}

/** Brings it into a read. Gives back which records were looked at, and how many were counted. */
function take(passage: Passage, passages: Passages, read: LedgerRead) {
  const looked: number[] = [];
  let counted = 0;
  const records = takePassage(passage, passages, {
    read,
    see(record) {
      const n = Number(record.bytes);
      looked.push(n);
      read.see(day, identity(n), 0, 0, () => record);
    },
    seeAll() {
      throw new Error("nothing came in rows");
    },
    again(ofDay, more) {
      expect(ofDay).toBe(day);
      counted += more;
    },
  });
  return { records, looked, counted };
}

function begin() {
  const { disk, known, read } = openLedger(new LedgerDisk());
  const passages = new Passages("key");
  const next = (before: LedgerRead) => {
    disk.commit(before);
    before.close(false);
    return known.read(new Unfinished());
  };
  return { disk, known, read, passages, next };
}

describe("a passage", () => {
  it("is looked at once and counted from then on", () => {
    const { read, passages, next } = begin();
    const passage = passageOf(passages, [1, 2, 3]);
    expect(take(passage, passages, read)).toEqual({ records: 3, looked: [1, 2, 3], counted: 0 });
    const again = next(read);
    expect(take(passage, passages, again)).toEqual({ records: 3, looked: [], counted: 3 });
    expect([passage.reads, again.totals(day)]).toEqual([1, { known: 3, seen: 3 }]);
  });

  it("that shows more of an identity than is known is read, for those alone that counting does not decide", () => {
    const { read, passages, next } = begin();
    const passage = passageOf(passages, [1, 2, 3]);
    take(passage, passages, read);
    const again = next(read);
    take(passageOf(passages, [2]), passages, again);
    expect(take(passage, passages, again)).toEqual({ records: 3, looked: [2], counted: 2 });
    expect(passage.reads).toBe(2);
  });

  it("is looked at again where the ledger has forgotten a record of it", () => {
    const { disk, known, read, passages, next } = begin();
    const passage = passageOf(passages, [1, 2, 3]);
    take(passage, passages, read);
    const again = next(read);
    const kept = disk.load(day)[0]?.bytes.subarray(0, 24) as Buffer;
    disk.put(day, { form: "due", bytes: kept });
    known.refresh();
    expect(take(passage, passages, again)).toEqual({ records: 3, looked: [1], counted: 2 });
  });

  it("is learned anew where the numbers of identities mean others", () => {
    const { disk, read, passages } = begin();
    const passage = passageOf(passages, [1, 2, 3]);
    take(passage, passages, read);
    disk.commit(read);
    const other = openLedger(disk).read;
    expect(take(passage, passages, other)).toMatchObject({ looked: [1, 2, 3] });
    expect(take(passage, passages, openLedger(disk).read)).toMatchObject({ looked: [1, 2, 3] });
  });
});
