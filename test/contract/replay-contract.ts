import { afterEach, describe, expect, it } from "vitest";
import type { BackfillProgress } from "../../src/spool/backfill.ts";
import type { ReplayPlan, ReplayStep } from "../../src/spool/replay.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import type { Store } from "../../src/spool/store.ts";
import {
  acme,
  all,
  counted,
  dayMs,
  drain,
  idOfText,
  keep,
  move,
  newRecords,
  record,
  settled,
  today,
  uidOfText,
} from "../fake/records.ts";
import type { SpoolSubject } from "./spool-contract.ts";

const span = { source: "prod", first: today, end: today + 2, perSecond: 50 };
const filter = { from: today * dayMs, to: (today + 2) * dayMs };
const plain: ReplayPlan = { output: "siem", filter, perSecond: 10 };
const withDays: ReplayPlan = { ...plain, days: [span] };
const never = { seconds: 1, nanos: 0 };

/** What every spool must do with what a person wants sent again, from the run and from sources. */
export function replayContract(name: string, subject: SpoolSubject): void {
  const opened: Store[] = [];
  const open = (outputs: readonly string[] = ["siem"], maxBytes?: number) => {
    const store = subject.open(outputs, maxBytes);
    opened.push(store);
    return store;
  };
  afterEach(() => {
    for (const store of opened.splice(0)) store.close();
  });

  describe(`${name} keeps the contract of replays`, () => {
    it("goes through what the output is past, and moves neither its position nor the balance of its books", () => {
      const store = delivered(open(), "a", "b", "c");
      const balance = () => store.books().map(({ resent: _, ...row }) => row);
      const [before, position] = [balance(), store.standing("siem").position];
      const { id } = store.replays.plan(plain);
      const turn = { id, nextSeq: 1, through: 3, perSecond: 10, shown: { next: 1, free: 1, grows: false } };
      expect(store.standing("siem").replay).toEqual(turn);
      step(store, { nextSeq: 3, sent: 2 }, 2);
      step(store, { nextSeq: 4, sent: 1 }, 1);
      expect(store.replays.of("siem")).toMatchObject({ state: "done", sent: 3, refused: 0 });
      expect(store.standing("siem")).toMatchObject({ position });
      expect(store.standing("siem")).not.toHaveProperty("replay");
      expect(balance()).toEqual(before);
      expect(store.books()[0]?.resent).toBe(3);
    });

    it("keeps what a source has shown until it is sent, and is not done before", () => {
      const store = delivered(open(), "a");
      const { id } = store.replays.plan(withDays);
      expect(store.replays.readFor("prod")).toMatchObject({ id, output: "siem", filter, bytes: 0 });
      expect(store.backfill("prod")).toMatchObject({ ...span, state: "running" });
      show(store, ["x", "y"], { known: 2 });
      show(store, ["z"]);
      expect(store.standing("siem").replay?.shown).toEqual({ next: 1, free: 4, grows: true });
      const found = store.replays.shown("siem", 0, all);
      expect(found.map(({ seq, uid }) => [seq, uid])).toEqual([
        [1, uidOfText("x")],
        [2, uidOfText("y")],
        [3, uidOfText("z")],
      ]);
      expect(found[0]).toMatchObject({ source: "prod", day: today, late: false });
      expect(Buffer.from(found[0]?.bytes ?? []).toString()).toBe('{"name":"x"}');
      expect(store.replays.shown("siem", 1, { events: 1, bytes: 1e6 }).map(({ seq }) => seq)).toEqual([2]);
      expect(store.replays.readFor("prod")?.bytes).toBeGreaterThan(0);
      step(store, { nextSeq: 2 });
      step(store, { part: "shown", nextSeq: 3 });
      expect(store.replays.shown("siem", 0, all).map(({ seq }) => seq)).toEqual([3]);
      finishDays(store);
      expect(store.standing("siem").replay?.shown).toEqual({ next: 3, free: 4, grows: false });
      step(store, { part: "shown", nextSeq: 4 });
      expect(store.replays.of("siem")).toMatchObject({ state: "done", days: [{ state: "done" }] });
      expect(store.replays.readFor("prod")).toBeUndefined();
    });

    it("knows what of a day is not wanted any more: what was shown, and what is in the run still", () => {
      const store = delivered(open(), "old one", "old two");
      while (store.prune(1e14) > 0);
      keep(store, "prod", [record("kept"), record("other day", { day: today + 1 })]);
      drain(store, "siem");
      keep(store, "prod", [record("pending")]);
      const { id } = store.replays.plan(withDays);
      expect(takenOf(store, id)).toEqual(["kept", "pending"].map(uidOfText).sort());
      show(store, ["old one"]);
      expect(takenOf(store, id)).toEqual(["kept", "old one", "pending"].map(uidOfText).sort());
      finishDays(store, today + 1);
      // What is in the run is known by the ledger, whatever is forgotten of a day that is done with.
      expect(takenOf(store, id)).toEqual(["kept", "pending"].map(uidOfText).sort());
    });

    it("wants all that was delivered from the days alone where that is asked for, and nothing that was not", () => {
      const store = open();
      keep(store, "prod", [record("a"), record("b"), record("c")]);
      const [first] = store.read(0, all);
      // The position is in the midst of an append.
      store.settle("siem", move(1, settled([first as never], () => "delivered").counts));
      const { id } = store.replays.plan({ ...withDays, from: "days" });
      expect(takenOf(store, id)).toEqual(["b", "c"].map(uidOfText).sort());
      expect(store.replays.of("siem")).toMatchObject({ firstSeq: 2, nextSeq: 2, through: 1 });
      expect(store.standing("siem").replay).toMatchObject({ nextSeq: 2, through: 1 });
    });

    it("gives out nothing that the output has given up", () => {
      const store = open();
      keep(store, "prod", [record("a"), record("dead")]);
      const { counts, dead } = settled(store.read(0, all), ({ seq }) => (seq === 2 ? "dead" : "delivered"));
      store.settle("siem", move(2, counts, dead));
      while (store.prune(1e14) > 0);
      store.replays.plan(withDays);
      show(store, ["dead", "a"]);
      expect(store.replays.shown("siem", 0, all).map(({ uid }) => uid)).toEqual([uidOfText("a")]);
      show(store, ["dead"]);
      expect(store.replays.shown("siem", 2, all)).toEqual([]);
    });

    it("keeps what was shown with the records that came with it, or neither", () => {
      const store = delivered(open(["siem"], 4 * 1024 * 1024), "a");
      store.replays.plan(withDays);
      const large = Array.from({ length: 10 }, (_, n) => record(`${n}`, { bytes: Buffer.alloc(900_000) }));
      const appends = () =>
        store.append("prod", newRecords(), { instance: acme, known: new Map(), counts: [] }, never, {
          ...{ id: store.replays.readFor("prod")?.id ?? "", day: today },
          ...{ records: newRecords(...large), keys: Buffer.alloc(160) },
        });
      expect(appends).toThrow(SpoolError);
      expect(store.standing("siem").replay?.shown).toEqual({ next: 1, free: 1, grows: true });
    });

    it("ends with its days, and they with it, and leaves nothing that waits", () => {
      for (const end of [
        (store: Store) => store.replays.cancel("siem"),
        (store: Store) => store.cancelBackfill("prod"),
      ]) {
        const store = delivered(open(), "a");
        const { id } = store.replays.plan(withDays);
        show(store, ["x"]);
        expect(end(store)).toBe(true);
        expect(store.backfill("prod")?.state).toBe("cancelled");
        expect(store.replays.of("siem")).toMatchObject({ state: "cancelled", waiting: 0 });
        expect([store.replays.readFor("prod"), store.replays.shown("siem", 0, all)]).toEqual([undefined, []]);
        // A read that was under way brings nothing any more.
        show(store, ["y"], { id });
        expect(store.replays.shown("siem", 0, all)).toEqual([]);
      }
    });

    it("stops, with its days, where the output refuses too much", () => {
      const store = delivered(open(), "a");
      store.replays.plan(withDays);
      show(store, ["x"]);
      step(store, { part: "shown", nextSeq: 2, refused: 1, stop: "enough" });
      expect(store.replays.of("siem")).toMatchObject({ state: "stopped", trouble: "enough", refused: 1 });
      expect(store.backfill("prod")?.state).toBe("cancelled");
    });

    it("reads no days of a backfill that is under way for its own sake, and none for a replay that is over", () => {
      const store = delivered(open(), "a");
      store.planBackfill({ ...span, first: today - 9 });
      store.replays.plan(withDays);
      expect(store.backfill("prod")?.first).toBe(today - 9);
      expect(store.replays.readFor("prod")).toBeUndefined();
      store.replays.cancel("siem");
      store.cancelBackfill("prod");
      store.replays.plan(withDays);
      finishDays(store);
      step(store, { nextSeq: 9 });
      store.planBackfill(span);
      expect(store.replays.readFor("prod")).toBeUndefined();
      expect(store.sources().find(({ source }) => source === "prod")?.backfill).not.toHaveProperty("output");
    });

    const { reopen } = subject;
    if (reopen === undefined) return;

    it("has all of it again after it was closed", () => {
      const store = delivered(open(), "a");
      const { id } = store.replays.plan(withDays);
      show(store, ["x", "y"]);
      step(store, { part: "shown", nextSeq: 2 });
      store.close();
      const back = reopen(["siem"]);
      opened.push(back);
      expect(back.standing("siem").replay).toMatchObject({ id, shown: { next: 2, free: 3, grows: true } });
      expect(back.replays.shown("siem", 0, all).map(({ uid }) => uid)).toEqual([uidOfText("y")]);
      expect(takenOf(back, id)).toEqual(["a", "x", "y"].map(uidOfText).sort());
      expect(back.replays.readFor("prod")?.id).toBe(id);
    });
  });
}

function delivered(store: Store, ...names: string[]): Store {
  keep(
    store,
    "prod",
    names.map((each) => record(each)),
  );
  drain(store, "siem");
  return store;
}

function step(store: Store, more: Partial<ReplayStep>, resent = 0): void {
  const { id = "", nextSeq = 1 } = store.replays.of("siem") ?? {};
  const { position } = store.standing("siem");
  const none = { delivered: 0, filtered: 0, dead: 0 };
  const counts = resent === 0 ? [] : [{ source: "prod", day: today, ...none, resent }];
  store.settle("siem", {
    ...move(position, counts),
    replay: { id, part: "run", nextSeq, sent: 0, refused: 0, ...more },
  });
}

/** A read of the day shows these, which are known. */
function show(store: Store, names: readonly string[], { known = 0, id = "" } = {}): void {
  const records = newRecords(...names.map((each) => record(each)));
  const keys = Buffer.from(names.map(idOfText).join(""), "latin1");
  const counts = known === 0 ? [] : [{ day: today, fetched: known, known }];
  store.append("prod", newRecords(), { instance: acme, known: new Map(), counts }, never, {
    ...{ id: store.replays.readFor("prod")?.id ?? id, day: today, records, keys },
  });
}

/** The days of the source are read up to `next`. */
function finishDays(store: Store, next = span.end): void {
  const before = store.backfill("prod") as BackfillProgress;
  const state = next >= span.end ? "done" : "running";
  store.finishStep({ progress: { ...before, next, state } }, counted(), today * dayMs);
}

/** The uids of what is not wanted of the first day. */
function takenOf(store: Store, id: string): string[] {
  const found = new Set<string>();
  for (const { form, bytes } of store.replays.taken(id, acme, today))
    for (let at = 0; at < bytes.length; at += form === "known" ? 24 : 16)
      found.add(bytes.toString("hex", at, at + 16));
  return [...found].sort();
}
