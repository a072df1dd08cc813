import { describe, expect, it } from "vitest";
import { Allowance, Unfinished } from "../../src/ingest/allowance.ts";
import { KnownDay } from "../../src/ingest/known-day.ts";
import { noNames } from "../../src/ingest/names.ts";
import { NumberColumn } from "../../src/ingest/number-column.ts";
import { ShownDay } from "../../src/ingest/shown-day.ts";
import { knownRecord } from "../fake/records.ts";
import { identity, wordsOf } from "./ledger-reading.ts";

/** A read of a day on which identity 1 is known with these digests. */
function begin(...digests: readonly number[]) {
  return beginWanting(false, ...digests);
}

function beginWanting(wantsKnown: boolean, ...digests: readonly number[]) {
  const known = new KnownDay();
  for (const digest of digests) known.add(known.numberOf(identity(1)), digest);
  const [before, left] = [new Unfinished(), new Unfinished()];
  const elsewhere = new NumberColumn(4);
  const allowance = new Allowance(new Set());
  const told: number[] = [];
  const onNew = (at: number) => void told.push(at);
  const taken = new Set<string>();
  const isTaken = (_: string, ordinal: number) => taken.has(`${ordinal}`);
  const again = wantsKnown ? { isTaken } : undefined;
  const shown = new ShownDay({ day: 5, known, allowance, before, left, elsewhere, onNew, again });
  const see = (digest: number, n = 1) =>
    shown.see(shown.known.numberOf(identity(n)), digest, 0, () => ({
      bytes: Buffer.from(`${n} ${digest}`),
    }));
  return { known, shown, left, elsewhere, see, taken, told };
}

describe("what a read shows of a day", () => {
  it("counts where all twins look the same", () => {
    const { shown, see } = begin(0, 0);
    expect([see(0), see(0), see(0), see(0, 2)]).toEqual([0, 0, 3, 1]);
    expect(shown.fresh.take()).toEqual(
      Buffer.concat([knownRecord(identity(1), 0, 3), knownRecord(identity(2), 0, 1)]),
    );
    expect([shown.fresh.length, shown.seen]).toEqual([0, 4]);
  });

  it("is the same for new ones one by one, or so many in a row, whatever follows", () => {
    const shownIn = (inARow: boolean, pages: readonly number[], digests: readonly number[]) => {
      const { shown, known, told: announced } = begin();
      const first = known.identities;
      const words = wordsOf([1, 2, 3, 4, 5].map(identity));
      expect(known.numberNew(words, 4, 3)).toBe(3);
      const see = (at: number, page: number, digest: number) =>
        shown.see(at, digest, page, () => ({ bytes: Buffer.from(`${at}`) }));
      if (inARow) shown.seeNew(first, 3, words, 4);
      else for (let at = first; at < first + 3; at++) see(at, 0, noNames);
      const told = pages.map((page, time) => see(first + 1, page, digests[time] as number));
      shown.end();
      const { fresh, renamed, seen, twin, undecided } = shown;
      const ledger = [fresh.take(), renamed.take(), known.count, known.knownOf(first + 1), known.digestOf(1)];
      return { told, announced, seen, twin, undecided, ledger, decided: shown.takeDecided() };
    };
    for (const pages of [[], [0], [2], [0, 0, 0], [0, 1, 1], [2, 2, 2], [2, 3, 3]])
      for (const digests of [
        [0, 0, 0],
        [7, 7, 7],
        [7, 8, 7],
        [0, 8, 8],
      ])
        expect(shownIn(true, pages, digests)).toEqual(shownIn(false, pages, digests));
  });

  it("decides at the end that a name has changed, and which", () => {
    const { shown, known, see } = begin(7);
    expect(see(8)).toBe(-1);
    shown.end();
    expect(shown.takeDecided()).toMatchObject({ day: 5, fresh: [], known: 1 });
    expect(shown.renamed.take()).toEqual(knownRecord(identity(1), 8, 1));
    expect(shown.renamed.take()).toHaveLength(0);
    expect(known.digestOf(known.numberOf(identity(1)))).toBe(8);
  });

  it("keeps a known name where none is shown", () => {
    const { shown, known, see } = begin(7);
    expect(see(0)).toBe(-1);
    shown.end();
    expect([shown.renamed.take().length, known.digestOf(known.numberOf(identity(1)))]).toEqual([0, 7]);
  });

  it("gives out what waited once the known one was seen", () => {
    const { shown, see } = begin(7);
    expect([see(8), see(7)]).toEqual([-1, 0]);
    const { fresh, known } = shown.takeDecided();
    expect(fresh.map(({ record, ordinal }) => `${record.bytes} ${ordinal}`)).toEqual(["1 8 2"]);
    expect(known).toBe(0);
    expect(shown.fresh.take()).toEqual(knownRecord(identity(1), 8, 2));
  });

  it("calls nothing renamed that another source has kept meanwhile", () => {
    const { shown, known, see } = begin(7);
    see(8);
    known.add(known.numberOf(identity(1)), 8);
    shown.end();
    expect([shown.takeDecided().known, shown.renamed.take().length]).toEqual([1, 0]);
    expect(known.knownOf(known.numberOf(identity(1)))).toBe(2);
  });

  it("takes nothing for renamed that another read has kept since this one began", () => {
    const { shown, known, elsewhere, see } = begin(7);
    // The only known one is newer than what this read shows.
    elsewhere.set(known.numberOf(identity(1)), 1);
    see(8);
    shown.end();
    expect(shown.takeDecided().fresh.map(({ ordinal }) => ordinal)).toEqual([2]);
    expect(shown.renamed.take()).toHaveLength(0);
  });

  it("doubts only what is shown on two pages, and believes what the last read doubted", () => {
    const { shown, known, left } = begin(7);
    const on = (page: number, digest: number) =>
      shown.see(shown.known.numberOf(identity(1)), digest, page, () => ({ bytes: Buffer.from(`${digest}`) }));
    expect([on(0, 8), on(1, 9), on(1, 7)]).toEqual([-1, -1, 0]);
    expect(shown.takeDecided().fresh.map(({ ordinal }) => ordinal)).toEqual([2, 3]);
    expect(left.shown.size).toBe(0);
    expect([on(2, 9), on(2, 8), on(2, 8)]).toEqual([0, 0, 4]);
    expect([...left.shown]).toEqual([
      [`5 ${identity(1)} 9`, 2],
      [`5 ${identity(1)} 8`, 3],
    ]);
    expect(known.knownOf(known.numberOf(identity(1)))).toBe(4);
  });

  it("doubts also what waits when it shows on the next page", () => {
    const { shown, left } = begin(7);
    const on = (page: number, digest: number) =>
      shown.see(shown.known.numberOf(identity(1)), digest, page, () => ({ bytes: Buffer.from(`${digest}`) }));
    expect([on(0, 8), on(1, 8), on(1, 7)]).toEqual([-1, 0, 0]);
    expect(shown.takeDecided().fresh.map(({ ordinal }) => ordinal)).toEqual([2]);
    expect([...left.shown]).toEqual([[`5 ${identity(1)} 8`, 2]]);
  });

  it("takes one without a name for a known one whose name is withheld", () => {
    const { shown, known, see } = begin(7);
    expect([see(8), see(0)]).toEqual([-1, -1]);
    shown.end();
    expect(shown.takeDecided().fresh.map(({ record }) => record.bytes.toString())).toEqual(["1 8"]);
    expect([shown.undecided, known.knownOf(known.numberOf(identity(1)))]).toEqual([0, 2]);
  });

  it("keeps what waited once more when the known one was lost meanwhile", () => {
    const { shown, known, see } = begin(7);
    see(8);
    known.load([{ form: "due", bytes: knownRecord(identity(1), 7, 1) }]);
    shown.end();
    expect(shown.takeDecided().fresh.map(({ ordinal }) => ordinal)).toEqual([1]);
  });

  it("still knows what it has announced when the day is loaded again", () => {
    const { shown, known, see } = begin();
    see(7);
    see(8);
    known.load([]);
    shown.fresh.putAgain();
    expect([see(7), see(8), see(8)]).toEqual([3, 4, 5]);
  });
});

describe("which known ones a read shows", () => {
  const ordinals = (shown: ShownDay) =>
    shown.takeDecided().shown.map(({ record, ordinal }) => [record.bytes.toString(), ordinal]);

  it("is told by the count where all look the same, and by the digest where they do not", () => {
    const alike = beginWanting(true, 0, 0);
    expect([alike.see(0), alike.shown.twin, alike.see(0), alike.shown.twin]).toEqual([0, 1, 0, 2]);
    const other = beginWanting(true, 7, 8, 7);
    const twins = [8, 7, 7].map((digest) => [other.see(digest), other.shown.twin]);
    expect(twins).toEqual([
      [0, 2],
      [0, 1],
      [0, 3],
    ]);
  });

  it("waits for the end where a name has changed, and gives each ordinal once", () => {
    const one = beginWanting(true, 7);
    expect(one.see(9)).toBe(-1);
    one.shown.end();
    expect(ordinals(one.shown)).toEqual([["1 9", 1]]);
    const two = beginWanting(true, 7, 7);
    expect([two.see(7), two.shown.twin, two.see(9)]).toEqual([0, 1, -1]);
    two.shown.end();
    expect(ordinals(two.shown)).toEqual([["1 9", 2]]);
  });

  it("is told of no record that was seen on two pages and may be one", () => {
    const { shown, known } = beginWanting(true, 0);
    const at = known.numberOf(identity(1));
    const record = () => ({ bytes: Buffer.from("{}") });
    expect([shown.see(at, 0, 0, record), shown.twin]).toEqual([0, 1]);
    expect([shown.see(at, 0, 1, record), shown.twin]).toEqual([0, 0]);
  });

  it("costs nothing where nobody asks", () => {
    const { shown, see } = begin(7);
    see(9);
    shown.end();
    expect(shown.takeDecided()).toMatchObject({ known: 1, shown: [] });
  });

  it("are shown by the next read where there was no room to hold them, until somebody has them", () => {
    for (const has of [false, true]) {
      const { shown, left, see, taken } = beginWanting(true, 7);
      if (has) taken.add("1");
      // As large as all that may wait: what comes behind it has no room.
      const at = (n: number) => shown.known.numberOf(identity(n));
      shown.known.add(at(2), 7);
      shown.see(at(2), 9, 0, () => ({ bytes: Buffer.alloc(4 * 1024 * 1024) }));
      see(9);
      shown.end();
      expect(shown.takeDecided().shown.map(({ record }) => record.bytes.length)).toEqual([4 * 1024 * 1024]);
      expect(left.wanted.size).toBe(has ? 0 : 1);
    }
  });
});
