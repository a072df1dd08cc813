import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Ledger, ledger } from "../../src/ingest/ledger.ts";
import { uidOfText } from "../fake/records.ts";

/** What the spool keeps: the deltas that were committed. */
class Disk {
  readonly #pieces = new Map<number, Buffer[]>();
  loads = 0;

  load = (day: number): readonly Buffer[] => {
    this.loads++;
    return this.#pieces.get(day) ?? [];
  };

  commit(delta: ReadonlyMap<number, Buffer>): void {
    for (const [day, bytes] of delta) this.#pieces.set(day, [...(this.#pieces.get(day) ?? []), bytes]);
  }

  count(day: number, identity: string): number {
    return (
      Buffer.concat(this.load(day))
        .toString("hex")
        .match(/.{32}/g)
        ?.filter((each) => each === identity).length ?? 0
    );
  }
}

/** The multiset said in the plainest way. */
class NaiveLedger {
  readonly #known = new Map<string, number>();
  #seen = new Map<string, number>();

  beginRead(): void {
    this.#seen = new Map();
  }

  see(day: number, identity: string): number {
    const key = `${day} ${identity}`;
    const seen = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, seen);
    if (seen <= (this.#known.get(key) ?? 0)) return 0;
    this.#known.set(key, seen);
    return seen;
  }
}

const identity = (n: number) => uidOfText(String(n));
const showAll = (known: Ledger, day: number, numbers: readonly number[]) =>
  numbers.map((n) => known.see(day, identity(n)));

describe("the ledger", () => {
  it("calls a record new once, however often it is read", () => {
    const known = ledger({ load: () => [] });
    for (const expected of [
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]) {
      known.beginRead();
      expect(showAll(known, 5, [1, 2, 3])).toEqual(expected);
      known.takeDelta();
    }
  });

  it("counts twins within one read, and finds a twin that appears later", () => {
    const known = ledger({ load: () => [] });
    known.beginRead();
    expect(showAll(known, 5, [1, 1, 2, 1])).toEqual([1, 2, 1, 3]);
    known.takeDelta();
    known.beginRead();
    expect(showAll(known, 5, [1, 2, 1, 1, 1, 2])).toEqual([0, 0, 0, 0, 4, 2]);
  });

  it("keeps days apart, the undated one too", () => {
    const known = ledger({ load: () => [] });
    known.beginRead();
    expect([5, 6, -1, 5].map((day) => known.see(day, identity(1)))).toEqual([1, 1, 1, 2]);
    const delta = known.takeDelta();
    expect([...delta.keys()].sort()).toEqual([-1, 5, 6]);
    expect(delta.get(5)?.toString("hex")).toBe(identity(1) + identity(1));
    expect(known.takeDelta().size).toBe(0);
  });

  it("counts what is known of a day and what the read has shown", () => {
    const known = ledger({
      load: (day) => (day === 5 ? [Buffer.from(identity(1) + identity(1) + identity(2), "hex")] : []),
    });
    known.beginRead();
    showAll(known, 5, [1, 3]);
    expect(known.totals(5)).toEqual({ known: 4, seen: 2 });
    expect(known.totals(6)).toEqual({ known: 0, seen: 0 });
    known.beginRead();
    expect(known.totals(5).seen).toBe(0);
  });

  it("forgets what was new but never kept, when asked and when the next read starts", () => {
    const known = ledger({ load: () => [] });
    known.beginRead();
    showAll(known, 5, [1]);
    known.beginRead();
    expect(showAll(known, 5, [1])).toEqual([1]);
    known.takeDelta();
    known.forget();
    known.beginRead();
    expect(showAll(known, 5, [1])).toEqual([1]);
    known.takeDelta();
    known.forgetSoon();
    expect(showAll(known, 5, [1])).toEqual([2]);
    known.takeDelta();
    known.beginRead();
    expect(showAll(known, 5, [1])).toEqual([1]);
  });

  it("drops idle days when they take too much memory, never one of the current read", () => {
    const disk = new Disk();
    const known = ledger({ load: disk.load, maxIdleBytes: 20_000 });
    known.beginRead();
    for (let day = 0; day < 40; day++) showAll(known, day, [1, 1]);
    disk.commit(known.takeDelta());
    expect(disk.loads).toBe(40);
    for (let day = 0; day < 40; day++) expect(known.totals(day).seen).toBe(2);
    expect(disk.loads).toBe(40);
    known.beginRead();
    for (let day = 39; day >= 0; day--) expect(showAll(known, day, [1, 1, 1])).toEqual([0, 0, 3]);
    expect(disk.loads).toBeGreaterThan(60);
    expect(disk.loads).toBeLessThan(80);
  });

  it("goes on after more reads than it has room to number", () => {
    const known = ledger({ load: () => [Buffer.from(identity(1), "hex")] });
    for (let read = 0; read < 70_000; read++) {
      known.beginRead();
      if (known.see(5, identity(1)) !== 0) throw new Error(`new in read ${read}`);
    }
    expect(known.see(5, identity(1))).toBe(2);
  });

  it("is the plain multiset, in any order of reads, twins, crashes and commits", () => {
    const shown = fc.array(fc.tuple(fc.integer({ min: -1, max: 2 }), fc.nat(12)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.record({ shown, crash: fc.boolean() }), { maxLength: 12 }), (reads) => {
        const disk = new Disk();
        const known = ledger({ load: disk.load, maxIdleBytes: 0 });
        const naive = new NaiveLedger();
        for (const { shown, crash } of reads) {
          known.beginRead();
          naive.beginRead();
          for (const [index, [day, n]] of shown.entries()) {
            expect(known.see(day, identity(n))).toBe(naive.see(day, identity(n)));
            if (index % 7 === 3) disk.commit(known.takeDelta());
          }
          disk.commit(known.takeDelta());
          if (crash) known.forget();
        }
        for (const { shown } of reads)
          for (const [day, n] of shown) {
            const most = Math.max(
              ...reads.map((read) => read.shown.filter((each) => each[0] === day && each[1] === n).length),
            );
            expect(disk.count(day, identity(n))).toBe(most);
          }
      }),
      { numRuns: 200 },
    );
  });

  it("finds every one of many identities again after it grew", () => {
    const disk = new Disk();
    const known = ledger({ load: disk.load });
    const many = Array.from({ length: 20_000 }, (_, n) => identity(n));
    known.beginRead();
    expect(many.every((each) => known.see(5, each) === 1)).toBe(true);
    disk.commit(known.takeDelta());
    known.forget();
    known.beginRead();
    expect(many.every((each) => known.see(5, each) === 0)).toBe(true);
    expect(known.totals(5)).toEqual({ known: 20_000, seen: 20_000 });
  });
});
