import { describe, expect, it } from "vitest";
import { Unfinished } from "../../src/ingest/allowance.ts";
import { PassagePlaces } from "../../src/ingest/passage-places.ts";
import { knownRecord } from "../fake/records.ts";
import { identity, LedgerDisk, openLedger, showAll, showNames, wordsOf } from "./ledger-reading.ts";

describe("one read against the ledger", () => {
  it("counts twins within one read, and finds a twin that appears later", () => {
    const { known, read } = openLedger();
    expect(showAll(read, 5, [1, 1, 2, 1])).toEqual([1, 2, 1, 3]);
    read.takeDelta();
    read.close(false);
    expect(showAll(known.read(new Unfinished()), 5, [1, 2, 1, 1, 1, 2])).toEqual([0, 0, 0, 0, 4, 2]);
  });

  it("takes new ones in a row up to the first that was met, and says the same as one by one", () => {
    const row = [2, 3, 4, 3, 5, 1];
    const words = wordsOf(row.map(identity));
    const told = [openLedger(), openLedger()].map(({ known, read }, inARow) => {
      showAll(read, 5, [1]);
      const other = known.read(new Unfinished());
      read.trace = new PassagePlaces();
      const sightings: number[] = [];
      for (let at = 0; at < row.length; ) {
        const fresh = inARow === 1 ? read.seeNew(5, words, at * 4, row.length - at) : 0;
        for (let each = 0; each < fresh; each++) sightings.push(1);
        at += fresh;
        if (at === row.length) break;
        sightings.push(...showAll(read, 5, row.slice(at, at + 1)));
        at++;
      }
      const { numbers } = read.trace;
      // What this one has kept is known to the other, which has not shown it.
      const elsewhere = showAll(other, 5, [2, 3, 3, 3]);
      return {
        sightings,
        places: numbers.slice(2),
        totals: read.totals(5),
        delta: read.takeDelta(),
        elsewhere,
      };
    });
    expect(told[1]).toEqual(told[0]);
    expect(told[1]?.sightings).toEqual([1, 1, 1, 2, 1, 2]);
    expect(told[1]?.places).toEqual([1, 3, 0, 2, 1, 0, 4, 1, 0, 0, 1, 0]);
  });

  it("takes none in a row of a day where each is known, and each of another", () => {
    const { read } = openLedger();
    showAll(read, 5, [1, 2]);
    const words = wordsOf([1, 2].map(identity));
    expect([5, 6].map((day) => read.seeNew(day, words, 0, 2))).toEqual([0, 2]);
    expect([5, 6].map((day) => read.totals(day).known)).toEqual([2, 2]);
  });

  it("keeps days apart, the undated one too", () => {
    const { read } = openLedger();
    expect([5, 6, -1, 5].flatMap((day) => showAll(read, day, [1]))).toEqual([1, 1, 1, 2]);
    const delta = read.takeDelta();
    expect([...delta.keys()].sort()).toEqual([-1, 5, 6]);
    const five = delta.get(5);
    expect(five).toEqual(Buffer.concat([knownRecord(identity(1), 0, 1), knownRecord(identity(1), 0, 2)]));
    expect(read.takeDelta().size).toBe(0);
  });

  it("counts what is known of a day and what the read has shown", () => {
    const disk = new LedgerDisk();
    const earlier = Buffer.from(identity(1) + identity(1) + identity(2), "latin1");
    disk.put(5, { form: "identities", source: "prod", bytes: earlier });
    const { known, read } = openLedger(disk);
    showAll(read, 5, [1, 3]);
    expect(read.totals(5)).toEqual({ known: 4, seen: 2 });
    expect(read.totals(6)).toEqual({ known: 0, seen: 0 });
    expect(known.read(new Unfinished()).totals(5).seen).toBe(0);
  });

  it("brings what could not be held in the next read, until there is nothing more", () => {
    const { disk, known, read } = openLedger();
    showNames(read, [1]);
    disk.end(read);
    read.close(false);
    const record = (n: number) => ({ bytes: Buffer.alloc(1_000_000, n) });
    let left = new Unfinished();
    const kept: number[] = [];
    let reads = 0;
    do {
      const again = known.read(left);
      for (let n = 2; n <= 13; n++) again.see(5, identity(1), n, 0, () => record(n));
      again.see(5, identity(1), 1, 0, () => record(1));
      again.end();
      for (const { fresh } of again.takeDecided())
        for (const { record } of fresh) kept.push(record.bytes[0] as number);
      disk.commit(again);
      left = again.left;
      again.close(false);
      reads++;
    } while (left.wanted.size > 0);
    expect(kept.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(reads).toBeGreaterThan(2);
    expect(reads).toBeLessThan(9);
  });

  it("believes what is shown on two pages when a second read shows it too", () => {
    const { known, disk, read } = openLedger();
    expect(showNames(read, [7], 0)).toEqual([1]);
    expect(showNames(read, [7], 1)).toEqual([0]);
    disk.end(read);
    expect(read.left.shown.size).toBe(1);
    const moved = known.read(read.left);
    expect(showNames(moved, [7], 0)).toEqual([0]);
    disk.end(moved);
    expect(moved.left.shown.size).toBe(0);
    read.close(false);
    const before = new Unfinished();
    before.shown.set(`5 ${identity(1)} 7`, 2);
    const second = known.read(before);
    expect([...showNames(second, [7], 3), ...showNames(second, [7], 4)]).toEqual([0, 2]);
    expect(disk.end(second)).toEqual([]);
    expect(second.left.shown.size).toBe(0);
  });

  it("remembers so many that are shown on two pages, and has the others come in later reads", () => {
    const disk = new LedgerDisk();
    const { known, read } = openLedger(disk);
    const all = Array.from({ length: 120_000 }, (_, n) => identity(n));
    const show = (reading: typeof read) => {
      let fresh = 0;
      for (const page of [0, 1])
        for (const each of all)
          if (reading.see(5, each, 0, page, () => ({ bytes: Buffer.alloc(0) })) > 0) fresh++;
      disk.end(reading);
      reading.close(false);
      return fresh;
    };
    expect([show(read), read.left.shown.size, read.left.more]).toEqual([120_000, 100_000, true]);
    const second = known.read(read.left);
    expect([show(second), second.left.shown.size, second.left.more]).toEqual([100_000, 20_000, false]);
    const third = known.read(second.left);
    expect([show(third), third.left.shown.size]).toEqual([20_000, 0]);
  });

  it("decides by count alone where there is no room to tell twins apart, and says so", () => {
    const { disk, known, read } = openLedger();
    const all = Array.from({ length: 40_000 }, (_, n) => n);
    for (const n of all) read.see(5, identity(n), 1, 0, () => ({ bytes: Buffer.alloc(0) }));
    disk.end(read);
    read.close(false);
    const next = known.read(new Unfinished());
    let fresh = 0;
    for (const n of all)
      for (const digest of [1, 2])
        if (next.see(5, identity(n), digest, 0, () => ({ bytes: Buffer.from(`${n}`) })) > 0) fresh++;
    next.end();
    expect(fresh).toBe(all.length);
    expect(next.undecided).toBeGreaterThan(5_000);
    expect(next.undecided).toBeLessThan(25_000);
  });
});
