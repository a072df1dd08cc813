import { afterEach, describe, expect, it } from "vitest";
import type { SpooledRecord } from "../../src/record/record.ts";
import type { LetterFilter, LetterPlace } from "../../src/spool/spool.ts";
import { misdatedDay } from "../../src/spool/spool-state.ts";
import { damagedHere } from "../../src/spool/sqlite/sources.ts";
import type { Store } from "../../src/spool/store.ts";
import {
  acme,
  all,
  counted,
  dayMs,
  done,
  drain,
  keep,
  knownIdentities,
  knownRecord,
  move,
  newRecords,
  ofOurs,
  ofSources,
  record,
  settled,
  today,
  uidOfText,
} from "../fake/records.ts";

export interface SpoolSubject {
  /** A fresh spool with so much room. */
  open(outputs: readonly string[], maxBytes?: number): Store;
  /** The same state again with these outputs, after the spool was closed; absent when nothing stays. */
  reopen?: (outputs: readonly string[]) => Store;
}

/** What every spool must do. Records that were delivered may be pruned after `keepDelivered` = one hour. */
export function spoolContract(name: string, subject: SpoolSubject): void {
  const opened: Store[] = [];
  const open = (outputs: readonly string[], maxBytes?: number) => {
    const spool = subject.open(outputs, maxBytes);
    opened.push(spool);
    return spool;
  };
  const names = (spool: Store, after = 0) =>
    ofSources(spool.read(after, all)).map(({ bytes }) => JSON.parse(bytes.toString()).name);

  afterEach(() => {
    for (const spool of opened.splice(0)) spool.close();
  });

  describe(`${name} keeps the spool's contract`, () => {
    it("gives back every record as it was kept, oldest first", () => {
      const spool = open(["siem"]);
      const odd = Buffer.from([0, 10, 255, 254, 0xc3]);
      keep(spool, "prod", [record("a", { late: true }), record("b", { bytes: odd, fault: "not_json" })], {
        at: 1_785_542_400_123,
      });
      keep(spool, "other", [record("c", { bytes: Buffer.alloc(0), day: -700_000 })]);
      const [a, b, c] = spool.read(0, all);
      expect(a).toMatchObject({ seq: 1, source: "prod", uid: uidOfText("a"), day: today, late: true });
      expect(a?.observed).toEqual({ seconds: 1_785_542_400, nanos: 123_000_000 });
      expect(a).not.toHaveProperty("fault");
      expect(b).toMatchObject({ seq: 2, late: false, fault: "not_json" });
      expect(Buffer.compare(b?.bytes as Buffer, odd)).toBe(0);
      expect(c).toMatchObject({ seq: 3, source: "other", day: -700_000 });
      expect(c?.bytes.length).toBe(0);
      expect(spool.head()).toBe(3);
    });

    it("keeps a copy: the bytes may be used again after append", () => {
      const spool = open(["siem"]);
      const bytes = Buffer.from("first");
      keep(spool, "prod", [record("a", { bytes })]);
      bytes.fill("x");
      expect(spool.read(0, all)[0]?.bytes.toString()).toBe("first");
    });

    it("reads within the limits, but always one record", () => {
      const spool = open(["siem"]);
      for (const batch of [["a", "b", "c"], ["d"], ["e", "f"]])
        keep(
          spool,
          "prod",
          batch.map((each) => record(each, { bytes: Buffer.alloc(10, each) })),
        );
      const read = (after: number, events: number, bytes: number) =>
        spool.read(after, { events, bytes }).map(({ seq }) => seq);
      expect(read(0, 2, 1000)).toEqual([1, 2]);
      expect(read(1, 4, 1000)).toEqual([2, 3, 4, 5]);
      expect(read(0, 100, 35)).toEqual([1, 2, 3]);
      expect(read(2, 100, 1)).toEqual([3]);
      expect(read(5, 100, 1000)).toEqual([6]);
      expect(read(6, 100, 1000)).toEqual([]);
    });

    it("takes an append of many megabytes and reads it in parts", () => {
      const spool = open(["siem"], 64 * 1024 * 1024);
      const many = Array.from({ length: 50 }, (_, n) => record(`r${n}`, { bytes: Buffer.alloc(100_000, n) }));
      keep(spool, "prod", many);
      expect(spool.read(0, all).map(({ bytes }) => bytes[99_999])).toEqual(many.map((_, n) => n));
      expect(spool.read(30, { events: 1, bytes: 1 })[0]?.bytes[0]).toBe(30);
    });

    it("remembers the identities of a ledger day, also after delivery and prune", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a"), record("b", { day: today - 1 })]);
      keep(spool, "prod", [record("c")]);
      drain(spool, "siem");
      expect(spool.prune(today * dayMs)).toBe(0);
      expect(spool.prune((today + 2) * dayMs)).toBe(3);
      expect(knownIdentities(spool, today)).toEqual([uidOfText("a"), uidOfText("c")]);
      expect(knownIdentities(spool, today - 1)).toEqual([uidOfText("b")]);
      expect([...spool.known("other.example", today)]).toEqual([]);
    });

    it("moves the cursor only when a window is finished, with its watermark and gaps", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a", { time: { seconds: 1_785_542_400, nanos: 0 } })]);
      expect(spool.cursor("prod")).toBeUndefined();
      spool.finishWindow(
        "prod",
        done("one", { watermark: 5, gaps: [{ day: 7, reason: "refused" }] }),
        counted({ day: today, fetched: 3, known: 3 }),
        99,
      );
      expect(spool.cursor("prod")).toBe("one");
      expect(spool.sources()).toEqual([
        {
          source: "prod",
          watermark: 5,
          lastSuccess: 99,
          newestEvent: 1_785_542_400_000,
          cursor: "one",
          closed: { days: 0, newest: [] },
          gaps: [{ day: 7, reason: "refused" }],
        },
      ]);
      const wandb = spool.books().filter(({ source }) => source === "prod");
      expect(wandb).toMatchObject([{ fetched: 4, known: 3, new: 1 }]);
      expect(ofOurs(spool.read(1, all))).toMatchObject([
        {
          action: "wandb-audit-forwarder:gap_found",
          source: "prod",
          days: ["1970-01-08"],
          reason: "refused",
        },
      ]);
      spool.finishWindow(
        "prod",
        done("two", { covered: { from: 7 * dayMs, to: 8 * dayMs } }),
        counted(),
        100,
      );
      expect(spool.sources()[0]).toMatchObject({ watermark: 5, lastSuccess: 100, gaps: [] });
      expect(ofOurs(spool.read(2, all))).toMatchObject([
        { action: "wandb-audit-forwarder:gap_filled", source: "prod", days: ["1970-01-08"] },
      ]);
    });

    it("has a cursor that may wait at once", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a")]);
      for (const next of ["one", "two", "three"])
        spool.finishWindow("prod", done(next, { mayWait: true }), counted(), 99);
      expect(spool.cursor("prod")).toBe("three");
      expect(spool.sources()).toMatchObject([{ cursor: "three", lastSuccess: 99 }]);
    });

    it("has no gap of a day that is not wanted any more, unless records of it were damaged here", () => {
      const spool = open(["siem"]);
      const refused = (day: number) => ({ day, reason: "refused" });
      const gaps = [refused(7), refused(8), { day: 6, reason: damagedHere }];
      spool.finishWindow("prod", done("one", { gaps }), counted(), 1);
      spool.finishWindow("other", done("one", { gaps: [refused(7)] }), counted(), 1);
      spool.finishWindow("prod", done("two", { since: 8 * dayMs + 5 }), counted(), 2);
      const daysOf = (name: string) =>
        spool
          .sources()
          .find(({ source }) => source === name)
          ?.gaps.map(({ day }) => day);
      expect([daysOf("prod"), daysOf("other")]).toEqual([[8, 6], [7]]);
      expect(spool.owed("prod")).toEqual([6]);
    });

    it("keeps and gives back in order more records than one chunk has, however small they are", () => {
      const spool = open(["siem"]);
      keep(
        spool,
        "prod",
        Array.from({ length: 9_000 }, (_, at) => record(`${at}`)),
      );
      const found = drain(spool, "siem");
      expect(found).toHaveLength(9_000);
      expect(found.every(({ seq, uid }) => uid === uidOfText(`${seq - 1}`))).toBe(true);
    });

    it("keeps what is dated where no entry can be, and does not call it the newest", () => {
      const spool = open(["siem"]);
      const time = { seconds: 8_000_000_000, nanos: 0 };
      keep(spool, "prod", [record("odd", { day: misdatedDay, time })]);
      expect(spool.sources()[0]?.newestEvent).toBeUndefined();
      keep(spool, "prod", [record("a"), record("odder", { day: misdatedDay, time })]);
      expect(spool.sources()[0]?.newestEvent).toBe(today * dayMs);
      expect(drain(spool, "siem").map(({ day }) => day)).toEqual([misdatedDay, today, misdatedDay]);
      expect(spool.books().find(({ day }) => day === misdatedDay)).toMatchObject({ new: 2, delivered: 2 });
    });

    it("keeps records and counts together or not at all", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a")]);
      const before = spool.books();
      const ledger = {
        instance: acme,
        known: new Map([[today, knownRecord(uidOfText("b"))]]),
        counts: [{ day: today, fetched: 5, known: 1 }],
      };
      expect(() => spool.append("prod", newRecords(record("b")), ledger, { seconds: 1, nanos: 0 })).toThrow(
        /counts/,
      );
      expect(() =>
        spool.append(
          "prod",
          newRecords(record("b")),
          { ...ledger, known: new Map() },
          { seconds: 1, nanos: 0 },
        ),
      ).toThrow(/identities/);
      expect(() =>
        spool.finishWindow("prod", done("x"), counted({ day: today, fetched: 2, known: 1 }), 1),
      ).toThrow(/counts/);
      expect(spool.head()).toBe(1);
      expect(names(spool)).toEqual(["a"]);
      expect(spool.books()).toEqual(before);
      expect(spool.cursor("prod")).toBeUndefined();
      expect(knownIdentities(spool, today)).toHaveLength(1);
    });

    it("moves the position of one output alone, with its counts and dead letters", () => {
      const spool = open(["siem", "lake"]);
      keep(
        spool,
        "prod",
        ["a", "b", "c", "d"].map((each) => record(each)),
      );
      const records = spool.read(0, { events: 3, bytes: 1e6 });
      const verdicts = { a: "delivered", b: "dead", c: "filtered" } as const;
      const { counts, dead } = settled(
        records,
        ({ bytes }) => verdicts[JSON.parse(bytes.toString()).name as "a"],
      );
      spool.settle("siem", move(3, counts, dead));
      expect(spool.standing("siem").position).toBe(3);
      expect(spool.standing("lake").position).toBe(0);
      expect(spool.outputs()).toMatchObject([
        {
          output: "lake",
          position: 0,
          delivered: 0,
          filtered: 0,
          dead: 0,
          // The first dead letter is told.
          backlog: { events: 4 + 1 },
          abandoned: false,
        },
        {
          output: "siem",
          position: 3,
          delivered: 1,
          filtered: 1,
          dead: 1,
          backlog: { events: 1 + 1 },
          abandoned: false,
        },
      ]);
      expect(spool.deadLetters({ output: "siem" }, 10)).toEqual([
        {
          output: "siem",
          seq: 2,
          uid: uidOfText("b"),
          source: "prod",
          day: today,
          reason: "bad_event",
          detail: "refused",
          at: 1,
          bytes: record("b").bytes,
        },
      ]);
      expect(spool.deadLetters({ output: "siem" }, 0)).toEqual([]);
      expect(spool.deadLetters({ output: "lake" }, 10)).toEqual([]);
    });

    it("never moves a position back, past the head, or over records that the counts do not cover", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a"), record("b")]);
      const { counts } = settled(spool.read(0, all));
      expect(() => spool.settle("siem", move(3, counts, []))).toThrow(/cannot move/);
      expect(() => spool.settle("siem", move(1, counts, []))).toThrow(/cover/);
      expect(() => spool.settle("siem", move(2, [], []))).toThrow(/cover/);
      expect(() =>
        spool.settle(
          "siem",
          move(
            2,
            counts.map((row) => ({ ...row, day: 5 })),
          ),
        ),
      ).toThrow(/other days/);
      expect(spool.standing("siem").position).toBe(0);
      spool.settle("siem", move(2, counts, []));
      expect(() => spool.settle("siem", move(1, [], []))).toThrow(/cannot move/);
      spool.settle("siem", move(2, [], []));
      expect(spool.books()).toMatchObject([{ delivered: 2, pending: 0 }]);
      expect(() => spool.standing("nobody").position).toThrow(/nobody/);
    });

    it("keeps what was refused beside the run, pending, until it is delivered or dead", () => {
      const spool = open(["siem", "lake"]);
      keep(
        spool,
        "prod",
        ["a", "b", "c", "d"].map((each) => record(each)),
        { at: 1000 },
      );
      const [a, b, c, d] = spool.read(0, all) as [SpooledRecord, SpooledRecord, SpooledRecord, SpooledRecord];
      const refused = (of: SpooledRecord) => ({ record: of, reason: "bad_event", detail: "no", at: 1 });
      spool.settle("siem", move(3, settled([a]).counts, [], [refused(b), refused(c)]));
      expect(spool.standing("siem")).toMatchObject({ position: 3, suspects: 2, retried: 0, lastId: 2 });
      expect(spool.backlog("siem")).toEqual({ events: 3, suspects: 2, oldestObserved: 1000 });
      expect(spool.books().find(({ output }) => output === "siem")).toMatchObject({
        delivered: 1,
        pending: 3,
      });
      const [first] = spool.side("siem", "suspect", 0, all);
      expect(first).toMatchObject({
        id: 1,
        cause: "suspect",
        record: { seq: 2, uid: b.uid },
        reason: "bad_event",
      });
      expect(() => spool.settle("siem", { ...move(3, settled([b]).counts), done: [] })).toThrow(/cover/);
      expect(() => spool.settle("siem", { ...move(3, []), done: [1] })).toThrow(/cover/);
      const dead = settled([c], () => "dead");
      spool.settle("siem", { ...move(4, settled([b, d]).counts), done: [1] });
      spool.settle("siem", { ...move(4, dead.counts, dead.dead), done: [2] });
      expect(spool.standing("siem")).toMatchObject({ position: 4, suspects: 0, lastId: 0 });
      expect(ofOurs(spool.read(4, all))).toMatchObject([
        { action: "wandb-audit-forwarder:first_dead_letter", output: "siem", uid: c.uid },
      ]);
      expect(spool.backlog("siem").events).toBe(1);
      expect(
        spool.books().find(({ output, source }) => output === "siem" && source === "prod"),
      ).toMatchObject({
        delivered: 3,
        dead: 1,
        pending: 0,
      });
      expect(spool.standing("lake")).toMatchObject({ position: 0, suspects: 0 });
    });

    it("takes dead letters back for another try, or drops them, and counts both", () => {
      const spool = open(["siem", "lake"]);
      keep(spool, "prod", [record("a"), record("b", { day: today - 1 }), record("c"), record("d")]);
      const { counts, dead } = settled(spool.read(0, all), () => "dead");
      spool.settle("siem", move(4, counts, dead));
      spool.settle("lake", move(4, counts, dead));
      const uids = (filter: LetterFilter, after?: LetterPlace) =>
        spool.deadLetters(filter, 10, after).map(({ output, seq }) => `${output} ${seq}`);
      expect(uids({ uid: uidOfText("a") })).toEqual(["lake 1", "siem 1"]);
      expect(uids({ day: today - 1 })).toEqual(["lake 2", "siem 2"]);
      expect(uids({ reason: "too_large" })).toEqual([]);
      expect(uids({ before: 1 })).toEqual([]);
      expect(uids({}, { output: "lake", seq: 3 })).toEqual([
        "lake 4",
        "siem 1",
        "siem 2",
        "siem 3",
        "siem 4",
      ]);
      expect(spool.retryDeadLetters({ output: "siem", day: today - 1 })).toBe(1);
      expect(spool.retryDeadLetters({ output: "siem", day: today - 1 })).toBe(0);
      expect(spool.dropDeadLetters({ output: "siem", uid: uidOfText("a") })).toBe(1);
      expect(spool.side("siem", "retry", 0, all)).toMatchObject([
        { cause: "retry", record: { uid: uidOfText("b"), bytes: record("b").bytes } },
      ]);
      expect(uids({ output: "siem" })).toEqual(["siem 3", "siem 4"]);
      expect(spool.outputs().find(({ output }) => output === "siem")).toMatchObject({
        dead: 2,
        dropped: 1,
        // That both have a first dead letter, and that one was dropped, is told.
        backlog: { events: 1 + 3, suspects: 0 },
      });
      const row = (day: number) =>
        spool.books().find((each) => each.output === "siem" && each.source === "prod" && each.day === day);
      expect(row(today - 1)).toMatchObject({ dead: 0, dropped: 0, pending: 1 });
      expect(row(today)).toMatchObject({ dead: 2, dropped: 1, pending: 0 });
      expect(uids({ output: "lake" })).toHaveLength(4);
    });

    it("sends again what was delivered lately, outside the balance", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a"), record("b"), record("c")]);
      drain(spool, "siem");
      keep(spool, "prod", [record("d")]);
      expect(spool.resend("siem", 0)).toBe(3);
      const { stretch } = spool.standing("siem");
      expect(stretch).toMatchObject({ nextSeq: 1, through: 3 });
      const counts = [{ source: "prod", day: today, delivered: 0, filtered: 0, dead: 0, resent: 2 }];
      spool.settle("siem", { ...move(3, counts), stretch: { id: stretch?.id ?? 0, nextSeq: 3 } });
      expect(spool.standing("siem").stretch).toMatchObject({ nextSeq: 3, through: 3 });
      spool.settle("siem", { ...move(3, []), stretch: { id: stretch?.id ?? 0, nextSeq: 4 } });
      expect(spool.standing("siem")).not.toHaveProperty("stretch");
      expect(spool.books()).toMatchObject([{ delivered: 3, resent: 2, pending: 1 }]);
      expect(spool.outputs()).toMatchObject([{ delivered: 3, resent: 2 }]);
    });

    it("reads again what an output had delivered: without what is dead or set aside", () => {
      const spool = open(["siem", "lake"]);
      keep(
        spool,
        "prod",
        ["a", "b", "c", "d", "e", "f"].map((each) => record(each)),
      );
      const outcome = settled(spool.read(0, all), ({ seq }) => (seq > 1 && seq < 6 ? "dead" : "delivered"));
      spool.settle("siem", move(6, outcome.counts, outcome.dead));
      const seqs = (output: string, after: number, events: number) =>
        ofSources(spool.readAgain(output, after, { events, bytes: 1e6 })).map(({ seq }) => seq);
      expect(seqs("siem", 0, 9)).toEqual([1, 6]);
      expect(seqs("siem", 1, 2)).toEqual([6]);
      expect(seqs("siem", 6, 2)).toEqual([]);
      spool.retryDeadLetters({ output: "siem", uid: uidOfText("c") });
      expect(seqs("siem", 0, 9)).toEqual([1, 6]);
      expect(seqs("lake", 0, 3)).toEqual([1, 2, 3]);
    });

    it("tells the backlog exactly, and since when the oldest waits", () => {
      const spool = open(["siem"]);
      expect(spool.backlog("siem")).toEqual({ events: 0, suspects: 0 });
      keep(spool, "prod", [record("a"), record("b")], { at: 1000 });
      keep(spool, "prod", [record("c")], { at: 2000 });
      expect(spool.backlog("siem")).toEqual({ events: 3, suspects: 0, oldestObserved: 1000 });
      const records = spool.read(0, { events: 2, bytes: 1e6 });
      spool.settle("siem", move(2, settled(records).counts, []));
      expect(spool.backlog("siem")).toEqual({ events: 1, suspects: 0, oldestObserved: 2000 });
      drain(spool, "siem");
      expect(spool.backlog("siem")).toEqual({ events: 0, suspects: 0 });
    });

    it("counts what waits anywhere once, however many outputs have it before them", () => {
      const spool = open(["siem", "lake"]);
      expect(spool.waiting()).toBe(0);
      keep(
        spool,
        "prod",
        ["a", "b", "c", "d"].map((name) => record(name)),
        { at: 1000 },
      );
      expect(spool.waiting()).toBe(4);
      const records = spool.read(0, { events: 2, bytes: 1e6 });
      const aside = records.map((each) => ({ record: each, reason: "bad_event", detail: "", at: 1 }));
      spool.settle("siem", move(2, [], [], aside));
      spool.settle("lake", move(2, settled(records.slice(1)).counts, [], aside.slice(0, 1)));
      expect(spool.waiting()).toBe(4);
      drain(spool, "lake");
      expect(spool.waiting()).toBe(4);
      drain(spool, "siem");
      expect(spool.waiting()).toBe(2);
      const [own] = records as [SpooledRecord];
      spool.settle("siem", { ...move(4, settled([own]).counts), done: [1] });
      expect(spool.waiting()).toBe(2);
      spool.settle("lake", { ...move(4, settled([own]).counts), done: [1] });
      expect(spool.waiting()).toBe(1);
    });

    it("prunes only what every output settled and what is old enough", () => {
      const spool = open(["siem", "lake"]);
      keep(spool, "prod", [record("a")], { at: 1000 });
      keep(spool, "prod", [record("b")], { at: 2000 });
      drain(spool, "siem");
      expect(spool.prune(1e12)).toBe(0);
      drain(spool, "lake");
      expect(spool.prune(1500 + 3_600_000)).toBe(1);
      expect(names(spool)).toEqual(["b"]);
      expect(spool.read(0, all)[0]?.seq).toBe(2);
      expect(spool.prune(1e12)).toBe(1);
      expect(spool.prune(1e12)).toBe(0);
      keep(spool, "prod", [record("c")]);
      expect(spool.read(0, all)[0]?.seq).toBe(3);
      expect(spool.books().map(({ delivered, pending }) => [delivered, pending])).toEqual([
        [2, 1],
        [2, 1],
      ]);
    });

    it("says that it is full instead of losing anything, and goes on when there is room", () => {
      const spool = open(["siem"], 4 * 1024 * 1024);
      let kept = 0;
      const more = () =>
        keep(spool, "prod", [record(`r${kept}`, { bytes: Buffer.alloc(300_000, kept) })], { at: 1000 });
      expect(() => {
        for (; kept < 100; kept++) more();
      }).toThrow(expect.objectContaining({ name: "SpoolError", failure: "full" }));
      expect(kept).toBeGreaterThan(3);
      expect(spool.usage()).toMatchObject({ full: true, maxBytes: 4 * 1024 * 1024 });
      expect(spool.usage().bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
      expect(spool.head()).toBe(kept);
      expect(more).toThrow();
      spool.finishWindow("prod", done("on"), counted({ day: today, fetched: 1, known: 1 }), 1);
      const records = spool.read(0, all);
      expect(records.map(({ bytes }) => bytes[0])).toEqual(records.map((_, n) => n));
      const { counts, dead } = settled(records, ({ seq }) => (seq % 2 === 0 ? "dead" : "delivered"));
      spool.settle("siem", move(kept, counts, dead));
      expect(spool.prune(1e12)).toBe(kept);
      expect(spool.usage().full).toBe(false);
      more();
      expect(spool.usage().full).toBe(false);
      expect(spool.deadLetters({ output: "siem" }, 100)).toHaveLength(Math.floor(kept / 2));
    });

    it("at its limit gives up what is only kept for a replay, never what an output waits for", () => {
      const spool = open(["siem", "lake"], 4 * 1024 * 1024);
      const now = today * dayMs;
      let kept = 0;
      const fill = () => {
        for (let tries = 0; tries < 100; tries++)
          keep(spool, "prod", [record(`r${kept++}`, { bytes: Buffer.alloc(300_000) })], { at: now });
      };
      expect(fill).toThrow(expect.objectContaining({ failure: "full" }));
      drain(spool, "siem");
      expect(spool.prune(now)).toBe(0);
      expect(spool.usage().full).toBe(true);
      drain(spool, "lake");
      expect(spool.prune(now)).toBeGreaterThan(0);
      expect(spool.usage().full).toBe(false);
      expect(fill).toThrow(expect.objectContaining({ failure: "full" }));
      drain(spool, "siem");
      drain(spool, "lake");
      // By itself, without being told to prune.
      keep(spool, "prod", [record("next", { bytes: Buffer.alloc(300_000) })], { at: now });
      expect(spool.backlog("siem").events).toBe(1);
    });

    it("at its limit gives up also what a clock that was ahead says is from tomorrow", () => {
      const spool = open(["siem"], 4 * 1024 * 1024);
      keep(spool, "prod", [record("ahead")], { at: (today + 1) * dayMs });
      const now = today * dayMs;
      let kept = 0;
      const fill = () => {
        for (; kept < 100; kept++)
          keep(spool, "prod", [record(`r${kept}`, { bytes: Buffer.alloc(300_000) })], { at: now });
      };
      expect(fill).toThrow(expect.objectContaining({ failure: "full" }));
      drain(spool, "siem");
      keep(spool, "prod", [record("next", { bytes: Buffer.alloc(300_000) })], { at: now });
      expect(spool.backlog("siem").events).toBe(1);
    });

    it("can be closed twice", () => {
      const spool = open(["siem"]);
      spool.close();
      spool.close();
    });

    const { reopen } = subject;
    if (reopen === undefined) return;

    it("has everything again after it was closed", () => {
      const spool = open(["siem", "lake"]);
      keep(spool, "prod", [record("a"), record("b", { fault: "not_json" }), record("c", { late: true })], {
        known: 2,
      });
      const { counts, dead } = settled(spool.read(0, { events: 2, bytes: 1e6 }), ({ seq }) =>
        seq === 2 ? "dead" : "filtered",
      );
      spool.settle("lake", move(2, counts, dead));
      const third = spool.read(2, { events: 1, bytes: 1e6 })[0] as SpooledRecord;
      spool.settle("lake", move(3, [], [], [{ record: third, reason: "bad_event", detail: "no", at: 5 }]));
      spool.retryDeadLetters({ output: "lake" });
      spool.resend("lake", 0);
      spool.finishWindow(
        "prod",
        done("next", { watermark: 7, gaps: [{ day: 3, reason: "refused" }] }),
        counted(),
        9,
      );
      const seen = () => [
        spool.books(),
        spool.outputs(),
        spool.sources(),
        spool.deadLetters({ output: "lake" }, 9),
        spool.side("lake", "suspect", 0, all),
        spool.side("lake", "retry", 0, all),
        spool.standing("lake"),
        spool.read(0, all),
        spool.cursor("prod"),
        [...spool.known(acme, today)],
      ];
      const before = seen();
      spool.close();
      const again = reopen(["siem", "lake"]);
      opened.push(again);
      expect([
        again.books(),
        again.outputs(),
        again.sources(),
        again.deadLetters({ output: "lake" }, 9),
        again.side("lake", "suspect", 0, all),
        again.side("lake", "retry", 0, all),
        again.standing("lake"),
        again.read(0, all),
        again.cursor("prod"),
        [...again.known(acme, today)],
      ]).toEqual(before);
    });

    it("gives a new output everything that is still kept, and says what it missed", () => {
      const spool = open(["siem"]);
      keep(spool, "prod", [record("a"), record("b", { day: today - 1 })], { at: 1000 });
      keep(spool, "prod", [record("c")], { at: 1e12 });
      drain(spool, "siem");
      spool.prune(1e12);
      spool.close();
      const again = reopen(["siem", "late"]);
      opened.push(again);
      expect(
        again
          .books()
          .filter(({ output }) => output === "late")
          .map(({ day, skipped, pending }) => [day, skipped, pending]),
      ).toEqual([
        [today - 1, 1, 0],
        [today, 1, 1],
      ]);
      expect(drain(again, "late").map(({ seq }) => seq)).toEqual([3]);
    });

    it("keeps the position of an output that is taken out, does not wait for it, and goes on when it is back", () => {
      const spool = open(["siem", "gone"]);
      keep(
        spool,
        "prod",
        ["a", "b", "c"].map((each) => record(each)),
        { at: 1000 },
      );
      spool.settle("gone", move(1, settled(spool.read(0, { events: 1, bytes: 1 })).counts));
      spool.close();
      const without = reopen(["siem"]);
      opened.push(without);
      expect(without.outputs().find(({ output }) => output === "gone")).toMatchObject({
        abandoned: true,
        position: 1,
        backlog: { events: 2 },
      });
      keep(without, "prod", [record("d")], { at: 1e12 });
      drain(without, "siem");
      expect(without.prune(1e12)).toBe(3);
      const row = (spool: Store) => spool.books().find(({ output }) => output === "gone");
      expect(row(without)).toMatchObject({ delivered: 1, skipped: 2, pending: 1 });
      without.close();
      const back = reopen(["siem", "gone"]);
      opened.push(back);
      expect(back.outputs().find(({ output }) => output === "gone")).toMatchObject({
        abandoned: false,
        backlog: { events: 1 },
      });
      expect(drain(back, "gone").map(({ seq }) => seq)).toEqual([4]);
      expect(row(back)).toMatchObject({ delivered: 2, skipped: 2, pending: 0 });
    });

    it("leaves the dead letters of an output that is not configured where they are, until it is again", () => {
      const spool = open(["siem", "gone"]);
      keep(spool, "prod", [record("a")]);
      const { counts, dead } = settled(spool.read(0, all), () => "dead");
      for (const output of ["siem", "gone"]) spool.settle(output, move(1, counts, dead));
      spool.close();
      const without = reopen(["siem"]);
      opened.push(without);
      expect(without.retryDeadLetters({ output: "gone" })).toBe(0);
      expect(without.retryDeadLetters({})).toBe(1);
      expect(without.deadLetters({}, 9).map(({ output }) => output)).toEqual(["gone"]);
      without.close();
      const back = reopen(["siem", "gone"]);
      opened.push(back);
      expect(back.retryDeadLetters({})).toBe(1);
      expect(back.standing("gone")).toMatchObject({ retried: 1 });
    });
  });
}
