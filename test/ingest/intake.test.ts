import { describe, expect, it } from "vitest";
import { intake } from "../../src/ingest/intake.ts";
import { ledger } from "../../src/ingest/ledger.ts";
import type { Origin } from "../../src/record/origin.ts";
import type { RawRecord } from "../../src/record/record.ts";
import type { NewRecords } from "../../src/spool/chunk/new-records.ts";
import type { KnownPiece, Store } from "../../src/spool/store.ts";
import { dayMs } from "../../src/time/clock.ts";
import { Wakeup } from "../../src/time/wakeup.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { idOfText, knownRecord } from "../fake/records.ts";

const origin: Origin = { source: "prod", instance: "acme.example", baseUrl: "", anonymize: false };

/** Records as a source gives them: all of them parts of one chunk of the body. */
function piece(names: readonly string[]): RawRecord[] {
  const chunk = Buffer.alloc(names.length * 100);
  return names.map((name, at) => {
    chunk.write(name, at * 100);
    return { bytes: chunk.subarray(at * 100, at * 100 + 100), fault: "not_json" };
  });
}

describe("intake", () => {
  it("commits many small records before the objects they are made of have grown to more than a chunk", () => {
    const clock = new ManualClock(0);
    const commits: number[] = [];
    const spool = {
      stateId: () => "",
      append: (_: string, records: NewRecords) => commits.push(records.count),
    };
    const known = ledger({ load: () => [] });
    const store = spool as unknown as Store;
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    taking.begin(undefined);
    const [byte] = piece(["7"]) as [RawRecord];
    const tiny = { ...byte, bytes: byte.bytes.subarray(0, 1) };
    for (let pieces = 0; pieces < 100; pieces++) taking.take(Array(1000).fill(tiny));
    expect(Math.max(...commits)).toBeLessThan(10_000);
    expect(commits.length).toBeGreaterThan(9);
  });

  it("commits as much as fits into one chunk, however pieces of a connection end", () => {
    const clock = new ManualClock(0);
    const chunks: number[] = [];
    const spool = {
      stateId: () => "",
      append: (_: string, records: NewRecords) => chunks.push(records.chunks.length),
    };
    const known = ledger({ load: () => [] });
    const store = spool as unknown as Store;
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    taking.begin(undefined);
    for (let size = 200; size < 2000; size += 7) {
      const pieceBytes = 256 * 1024 - ((size * 997) % (200 * 1024));
      taking.take(
        Array(Math.floor(pieceBytes / size)).fill({ bytes: Buffer.alloc(size), fault: "not_json" }),
      );
    }
    expect(chunks.length).toBeGreaterThan(20);
    expect(new Set(chunks)).toEqual(new Set([1]));
  });

  it("commits what came when nothing more comes for now", () => {
    const clock = new ManualClock(0);
    const commits: number[] = [];
    const spool = {
      stateId: () => "",
      append: (_: string, records: NewRecords) => commits.push(records.count),
    };
    const known = ledger({ load: () => [] });
    const store = spool as unknown as Store;
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    taking.begin(undefined);
    taking.take(piece(["one"]));
    expect(commits).toEqual([]);
    taking.take([]);
    taking.take([]);
    expect(commits).toEqual([1]);
  });

  it("holds no more of a body than what is new in it", () => {
    const clock = new ManualClock(0);
    const kept: Buffer[] = [];
    const spool = {
      stateId: () => "",
      append: (_: string, records: NewRecords) => kept.push(...records.chunks.map(({ bytes }) => bytes)),
    } as unknown as Store;
    const known = ledger({ load: () => [] });
    const taking = intake({ origin, store: spool, ledger: known, clock, kept: new Wakeup(clock) });
    const names = Array.from({ length: 1000 }, (_, index) => `record ${index}`);
    taking.begin(undefined);
    taking.take(piece(names));
    taking.keep();
    taking.begin(undefined);
    taking.take(piece([...names, "new"]));
    taking.keep();
    expect(taking.total()).toMatchObject({ fetched: 1001, new: 1 });
    const last = kept.at(-1);
    expect(last?.toString("latin1")).toContain("new");
    expect(last?.buffer.byteLength).toBeLessThan(100_000);
  });

  it("loads a day again where a transaction failed, and not where only a read did", () => {
    const clock = new ManualClock(0);
    let loads = 0;
    const load = () => {
      loads++;
      return [];
    };
    const known = ledger({ load });
    let full = false;
    const append = () => {
      if (full) throw new Error("the disk is full");
    };
    const store = { stateId: () => "", append } as unknown as Store;
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    const read = (names: readonly string[]) => {
      taking.begin(undefined);
      taking.take(piece(names));
    };
    read(["a"]);
    taking.keep();
    taking.forget();
    read(["a", "b"]);
    expect([loads, taking.total().new]).toEqual([1, 1]);
    full = true;
    expect(() => taking.keep()).toThrow("full");
    taking.forget();
    full = false;
    read(["a", "b"]);
    // The disk of this test has kept nothing.
    expect([loads, taking.total().new]).toEqual([2, 2]);
  });

  it("lets others have their turn while it loads a large day, and ends when it is stopped", async () => {
    const clock = new ManualClock(20 * dayMs);
    const waits: number[] = [];
    const stop = new AbortController();
    const sleep = async (ms: number) => {
      waits.push(ms);
      if (waits.length === 4) stop.abort();
    };
    const patient = { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep };
    const days: number[] = [];
    function* load(day: number): Generator<KnownPiece, void> {
      days.push(day);
      for (let n = 0; n < 30; n++) {
        clock.advance(5);
        yield { form: "known", bytes: knownRecord(idOfText(String(n))) };
      }
    }
    const store = { stateId: () => "" } as unknown as Store;
    const known = ledger({ load });
    const taking = intake({ origin, store, ledger: known, clock: patient, kept: new Wakeup(patient) });
    taking.begin(undefined);
    await taking.prepare(stop.signal);
    expect([days, waits]).toEqual([[20], [0, 0, 0, 0]]);
    await taking.prepare(new AbortController().signal);
    expect(days).toEqual([20, 19]);
    expect(taking.totals(20).known + taking.totals(19).known).toBe(60);
    expect(days).toEqual([20, 19]);
  });

  it("still knows what was in doubt where the disk had no room to finish the read", () => {
    const clock = new ManualClock(0);
    let full = false;
    const append = () => {
      if (full) throw new Error("the disk is full");
    };
    const store = { stateId: () => "", append } as unknown as Store;
    const known = ledger({ load: () => [] });
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    const [record] = piece(["a"]) as [RawRecord];
    taking.begin(undefined);
    taking.take([record, { ...record, page: 1 }]);
    expect(taking.end(true)).toEqual({ undecided: 0, doubted: 1, renewed: false, missing: 0 });
    full = true;
    expect(() => taking.ended(false)).toThrow("full");
    taking.forget();
    full = false;
    taking.begin(undefined);
    taking.take([record, { ...record, page: 1 }]);
    // The first read was not finished: this one is the first again.
    expect(taking.end(true)).toMatchObject({ doubted: 1 });
    taking.ended(false);
    taking.begin(undefined);
    taking.take([record, { ...record, page: 1 }]);
    expect([taking.end(true).doubted, taking.total().new]).toEqual([0, 1]);
  });

  it("decides nothing, and remembers nothing, of a read that broke off and was set aside", () => {
    const clock = new ManualClock(0);
    const store = { stateId: () => "", append: () => {} } as unknown as Store;
    const known = ledger({ load: () => [] });
    const taking = intake({ origin, store, ledger: known, clock, kept: new Wakeup(clock) });
    const [record] = piece(["a"]) as [RawRecord];
    taking.begin(undefined);
    taking.take([record, { ...record, page: 1 }]);
    expect(taking.end(false)).toEqual({ undecided: 0, doubted: 0, renewed: false, missing: 0 });
    expect([...taking.ledgerEnd().renamed]).toEqual([]);
    taking.ended(true);
    taking.begin(undefined);
    taking.take([record, { ...record, page: 1 }]);
    expect(taking.end(true)).toMatchObject({ doubted: 1 });
  });
});
