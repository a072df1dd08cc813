import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import { knownRecord } from "../fake/records.ts";
import { CountedScratch } from "../fake/scratch.ts";
import { identity, LedgerDisk, openLedger, showAll, showNames } from "./ledger-reading.ts";

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

describe("the ledger", () => {
  it("calls a record new once, however often it is read", () => {
    const { known, read } = openLedger();
    expect(showAll(read, 5, [1, 2, 3])).toEqual([1, 1, 1]);
    read.takeDelta();
    read.close(false);
    for (let again = 0; again < 2; again++) {
      const next = known.read(new Unfinished());
      expect(showAll(next, 5, [1, 2, 3])).toEqual([0, 0, 0]);
      next.close(false);
    }
  });

  it("knows what others have kept since a read began, also where no day stays that is not read", () => {
    const disk = new LedgerDisk();
    const known = ledger({ load: disk.load, maxIdleBytes: 0 });
    const first = known.read(new Unfinished());
    showAll(first, 5, [9]);
    const [long, third] = [known.read(new Unfinished()), known.read(new Unfinished())];
    // On disk the identity comes before the one that was shown first.
    showNames(third, [1, 2]);
    for (const read of [third, first]) {
      disk.end(read);
      read.close(false);
    }
    known.read(new Unfinished()).close(false);
    showNames(long, [1, 3]);
    expect(disk.end(long)).toEqual(["3 3"]);
  });

  it("tells a read what another one has kept meanwhile, also after the disk has changed", () => {
    const { known, disk, read } = openLedger();
    const other = known.read(new Unfinished());
    expect(showAll(read, 5, [1])).toEqual([1]);
    disk.commit(read);
    expect(showAll(other, 5, [1, 2])).toEqual([0, 1]);
    known.refresh();
    // What the other has announced and not kept is still its own.
    expect(showAll(read, 5, [2, 3])).toEqual([0, 1]);
    disk.commit(other);
    known.refresh();
    expect(showAll(other, 5, [1, 3])).toEqual([2, 0]);
  });

  it("tells once in a read that it begins with a day of which something is known", () => {
    const disk = new LedgerDisk();
    disk.put(5, { form: "known", bytes: knownRecord(identity(1)) });
    const told: number[] = [];
    const known = ledger({ load: disk.load, onShow: (day) => void told.push(day) });
    for (const [day, days] of [[5, [5]] as const, [6, [5, 5]] as const]) {
      const read = known.read(new Unfinished());
      showAll(read, 5, [1, 2]);
      showAll(read, day + 1, [3]);
      read.close(false);
      expect(told).toEqual(days);
    }
  });

  it("forgets what was new and never kept", () => {
    const { known, read } = openLedger();
    showAll(read, 5, [1]);
    read.close(false);
    const next = known.read(new Unfinished());
    expect(showAll(next, 5, [1])).toEqual([1]);
    next.takeDelta();
    // The transaction failed.
    next.close(true);
    expect(showAll(known.read(new Unfinished()), 5, [1])).toEqual([1]);
  });

  it("does not believe memory after the disk has changed: what is due comes again under its ordinal", () => {
    const disk = new LedgerDisk();
    disk.put(5, {
      form: "known",
      bytes: Buffer.concat([knownRecord(identity(1)), knownRecord(identity(1), 0, 2)]),
    });
    const { known, read } = openLedger(disk);
    expect(showAll(read, 5, [1, 1])).toEqual([0, 0]);
    disk.put(5, { form: "due", bytes: knownRecord(identity(1)) });
    known.refresh();
    read.close(false);
    const next = known.read(new Unfinished());
    expect(showAll(next, 5, [1, 1])).toEqual([0, 1]);
    disk.commit(next);
    known.refresh();
    expect(showAll(known.read(new Unfinished()), 5, [1, 1, 1])).toEqual([0, 0, 3]);
  });

  it("drops idle days when they take too much memory, never one of a read that goes on", () => {
    const disk = new LedgerDisk();
    const known = ledger({ load: disk.load, maxIdleBytes: 20_000 });
    const days = Array.from({ length: 40 }, (_, day) => day);
    const first = known.read(new Unfinished());
    for (const day of days) showAll(first, day, [1, 1]);
    disk.commit(first);
    expect(disk.loads).toBe(40);
    const beside = known.read(new Unfinished());
    for (const day of days) expect(showAll(beside, day, [1, 1])).toEqual([0, 0]);
    expect(disk.loads).toBe(40);
    beside.close(false);
    first.close(false);
    const last = known.read(new Unfinished());
    for (const day of days.toReversed()) expect(showAll(last, day, [1, 1, 1])).toEqual([0, 0, 3]);
    expect(disk.loads).toBeGreaterThan(60);
    expect(disk.loads).toBeLessThan(80);
  });

  it("closes the scratch of a day that it drops", () => {
    const scratch = new CountedScratch();
    const disk = new LedgerDisk();
    const known = ledger({ load: disk.load, scratch: scratch.new, mostInMemory: 4, maxIdleBytes: 0 });
    const read = known.read(new Unfinished());
    showAll(read, 5, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(scratch.open).toBe(3);
    disk.commit(read);
    read.close(false);
    expect(showAll(known.read(new Unfinished()), 6, [1])).toEqual([1]);
    expect(scratch.open).toBe(0);
  });

  it("loads a day again where that failed half-way, for every read", () => {
    const disk = new LedgerDisk();
    disk.put(5, { form: "known", bytes: knownRecord(identity(1)) });
    disk.put(5, { form: "known", bytes: knownRecord(identity(2)) });
    let fails = false;
    function* load(day: number) {
      for (const piece of disk.load(day)) {
        yield piece;
        if (fails) throw new Error("no room");
      }
    }
    const known = ledger({ load });
    const [read, other] = [known.read(new Unfinished()), known.read(new Unfinished())];
    expect([...showAll(read, 5, [1]), ...showAll(other, 5, [1])]).toEqual([0, 0]);
    fails = true;
    known.refresh();
    expect(() => showAll(read, 5, [2])).toThrow("no room");
    read.close(false);
    expect(() => showAll(other, 5, [2])).toThrow("no room");
    fails = false;
    expect(showAll(other, 5, [2, 3])).toEqual([0, 1]);
  });

  it("loads a day a piece at a time, until somebody needs the rest at once", () => {
    const disk = new LedgerDisk();
    for (let n = 1; n <= 5; n++) disk.put(5, { form: "known", bytes: knownRecord(identity(n)) });
    let given = 0;
    function* load(day: number) {
      for (const piece of disk.load(day)) {
        given++;
        yield piece;
      }
    }
    const known = ledger({ load });
    const loading = known.loading(5);
    loading.next();
    loading.next();
    expect(given).toBe(2);
    // The disk has changed: what was loaded is not right any more, and the next load begins anew.
    known.refresh();
    expect([loading.next().done, given]).toEqual([true, 2]);
    const again = known.loading(5);
    again.next();
    const read = known.read(new Unfinished());
    expect([...showAll(read, 6, [1]), given]).toEqual([1, 3]);
    expect([...showAll(read, 5, [5, 6]), given]).toEqual([0, 1, 7]);
    expect(again.next().done).toBe(true);
    expect([...known.loading(5)]).toEqual([]);
    expect(given).toBe(7);
  });

  it("remembers names as they were shown last, over restarts", () => {
    const { disk, known, read } = openLedger();
    showNames(read, [7]);
    disk.commit(read);
    disk.end(read);
    read.close(false);
    const renamed = known.read(new Unfinished());
    showNames(renamed, [8]);
    expect(disk.end(renamed)).toEqual([]);
    // Another process: 9 is the new one, though it comes first.
    const { read: after } = openLedger(disk);
    expect(showNames(after, [9, 8])).toEqual([-1, 0]);
    expect(disk.end(after)).toEqual(["9 2"]);
  });

  it("a lost record that comes back under another name is not known by its old one", () => {
    const disk = new LedgerDisk();
    disk.put(5, { form: "known", bytes: knownRecord(identity(1), 1) });
    disk.put(5, { form: "names", bytes: knownRecord(identity(1), 2) });
    disk.put(5, { form: "due", bytes: knownRecord(identity(1), 1) });
    const { read } = openLedger(disk);
    expect(showNames(read, [3])).toEqual([-1]);
    expect(disk.end(read)).toEqual(["3 1"]);
    const { read: after } = openLedger(disk);
    expect(showNames(after, [2, 3])).toEqual([-1, 0]);
    expect(disk.end(after)).toEqual(["2 2"]);
  });

  it("what another read keeps meanwhile is nobody's former name", () => {
    const { known, disk, read } = openLedger();
    expect(showNames(read, [1])).toEqual([1]);
    disk.commit(read);
    const other = known.read(new Unfinished());
    showNames(other, [3, 1]);
    expect(disk.end(other)).toEqual(["3 2"]);
    // The read that began before shows a second 1, and not yet the 3.
    expect(showNames(read, [1])).toEqual([-1]);
    expect(disk.end(read)).toEqual(["1 3"]);
  });

  it("is the plain multiset, in any order of reads, twins, crashes and commits", () => {
    const shown = fc.array(fc.tuple(fc.integer({ min: -1, max: 2 }), fc.nat(12)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.record({ shown, crash: fc.boolean() }), { maxLength: 12 }), (reads) => {
        const disk = new LedgerDisk();
        let known = ledger({ load: disk.load, maxIdleBytes: 0 });
        const naive = new NaiveLedger();
        for (const { shown, crash } of reads) {
          const read = known.read(new Unfinished());
          naive.beginRead();
          for (const [index, [day, n]] of shown.entries()) {
            expect(showAll(read, day, [n])).toEqual([naive.see(day, identity(n))]);
            if (index % 7 === 3) disk.commit(read);
          }
          disk.commit(read);
          read.close(false);
          if (crash) known = ledger({ load: disk.load, maxIdleBytes: 0 });
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
});
