import { describe, expect, it } from "vitest";
import type { SendResult } from "../../src/output/output.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";
import type { Sent } from "../fake/payloads.ts";
import { books, delivered, numbered, retry, subject } from "./delivering.ts";

const refused: SendResult = { status: "refused", reason: "bad_event", detail: "no" };
/** Refuses a batch with any of these in it, without a word about which. */
const refusing =
  (...texts: string[]) =>
  (batch: readonly Sent[]): SendResult =>
    batch.some(({ payload }) => texts.includes(payload)) ? refused : delivered;
const refusesAll = () => refused;
const only = (text: string) => (each: readonly string[]) => each.length === 1 && each[0] === text;

describe("suspects", () => {
  it("nothing dies while nothing is accepted, however often the program starts; after the repair all arrives", async () => {
    let it = subject(numbered(100), refusesAll);
    for (let start = 0; start < 5; start++) {
      const holds = () => it.reports.filter(({ type }) => type === "delivery_failed").length;
      await it.until(() => holds() >= 2);
      expect(books(it.spool)).toEqual({ delivered: 0, filtered: 0, dead: 0, pending: 100 });
      it = subject([], refusesAll, { store: it.spool });
    }
    it = subject([], () => delivered, { store: it.spool });
    await it.until(it.done);
    expect(it.taken.toSorted()).toEqual(numbered(100).toSorted());
    expect(books(it.spool)).toEqual({ delivered: 100, filtered: 0, dead: 0, pending: 0 });
  });

  it("an output that refused everything tries one event after a restart, and holds", async () => {
    const before = subject(numbered(100), refusesAll);
    await before.until(() => before.reports.some(({ type }) => type === "held"));
    const it = subject([], refusesAll, { store: before.spool });
    await it.until(() => it.reports.some(({ type }) => type === "delivery_failed"));
    expect(it.sent).toHaveLength(1);
    expect(it.reports.map(({ type }) => type)).toEqual(["held", "delivery_failed"]);
    expect(it.conditions[0]).toMatchObject({ state: "held", reason: "refuses_everything" });
  });

  it("a few dozen poisoned events at the head do not stop an output that takes the rest", async () => {
    const it = subject(numbered(60), refusing(...numbered(35)));
    await it.until(it.done);
    expect(it.taken).toEqual(numbered(60).slice(35));
    expect(it.dead()).toEqual(numbered(35));
    expect(it.reports.filter(({ type }) => type === "released")).toHaveLength(1);
    // Three waits of about a minute, not one for each of them.
    expect(it.clock.monotonic()).toBeLessThan(5 * 60_000);
  });

  it("one that is taken after all is delivered, not dead", async () => {
    const it = subject(numbered(30), (batch, call) => (call < 12 ? refused : refusing("event 3")(batch)));
    await it.until(it.done);
    expect(it.dead()).toEqual(["event 3"]);
    expect(books(it.spool)).toMatchObject({ delivered: 29, dead: 1 });
  });

  it("the last event dies when it is refused twice and others were accepted before it", async () => {
    const it = subject(numbered(5), refusing("event 4"));
    await it.until(it.done);
    expect(it.dead()).toEqual(["event 4"]);
    expect(it.sent.filter(only("event 4"))).toHaveLength(2);
  });

  it("a remote that breaks in the middle costs one event at most, however slowly they come", async () => {
    let broken = false;
    const it = subject(numbered(5), () => (broken ? refused : delivered));
    await it.until(it.done);
    broken = true;
    for (let turn = 0; turn < 15; turn++) {
      it.append([`later ${turn}`]);
      await it.until(it.settled);
    }
    expect(books(it.spool)).toMatchObject({ delivered: 5, dead: 1, pending: 14 });
    broken = false;
    it.append(["at last"]);
    await it.until(it.done);
    expect(books(it.spool)).toMatchObject({ delivered: 20, dead: 1 });
  });

  it("nine that are refused after one was accepted: one dies, eight wait for another to be accepted", async () => {
    const it = subject(numbered(10), refusing(...numbered(10).slice(1)));
    await it.until(it.settled);
    for (let hour = 0; hour < 4; hour++) {
      const later = it.clock.monotonic() + 3_600_000;
      await it.until(() => it.clock.monotonic() > later);
    }
    expect(books(it.spool)).toEqual({ delivered: 1, filtered: 0, dead: 1, pending: 8 });
    it.append(["another"]);
    await it.until(it.done);
    expect(books(it.spool)).toEqual({ delivered: 2, filtered: 0, dead: 9, pending: 0 });
  });

  it("the very first event is held, not given up, until something is accepted", async () => {
    let works = false;
    const it = subject(numbered(1), () => (works ? delivered : refused));
    await it.until(() => it.reports.filter(({ type }) => type === "delivery_failed").length === 3);
    expect(it.conditions.at(-2)).toMatchObject({ state: "held", reason: "refuses_everything" });
    works = true;
    await it.until(it.done);
    expect(it.taken).toEqual(numbered(1));
  });

  it("a partial success that rejects every event gives none of them up", async () => {
    const reject = (batch: readonly Sent[]): SendResult => ({
      status: "delivered",
      rejected: batch.map((_, index) => ({ index, reason: "partial_success", detail: "all rejected" })),
    });
    const it = subject(numbered(40), (batch, call) => (call < 12 ? reject(batch) : delivered));
    await it.until(it.done);
    expect(books(it.spool)).toEqual({ delivered: 40, filtered: 0, dead: 0, pending: 0 });
  });

  it("without room for another suspect the position stops, and nothing is lost", async () => {
    let broken = true;
    const it = subject(numbered(40), () => (broken ? refused : delivered));
    it.spool.mostSuspects = 15;
    await it.until(() => it.reports.filter(({ type }) => type === "delivery_failed").length > 8);
    expect(it.spool.standing("siem")).toMatchObject({ position: 15, suspects: 15, sideFull: true });
    broken = false;
    await it.until(it.done);
    expect(books(it.spool)).toEqual({ delivered: 40, filtered: 0, dead: 0, pending: 0 });
  });

  it("with no room for another dead letter the output holds, until a person makes some", async () => {
    const it = subject(numbered(40), refusing("event 3", "event 20"));
    it.spool.mostLetters = 1;
    await it.until(() => it.reports.some(({ type }) => type === "held"));
    expect(it.reports.find(({ type }) => type === "held")).toMatchObject({ reason: "dead_letters_full" });
    const sends = it.sent.length;
    await it.until(() => it.reports.filter(({ type }) => type === "delivery_failed").length > 4);
    expect(it.sent).toHaveLength(sends);
    expect(it.spool.dropDeadLetters({ output: "siem" })).toBe(1);
    it.loop.retryNow();
    await it.until(() => it.spool.standing("siem").position === 40 || it.dead().length > 0);
    it.spool.mostLetters = 9;
    await it.until(it.done);
    expect(it.spool.books()[0]).toMatchObject({ delivered: 38, dead: 1, dropped: 1, pending: 0 });
  });
});

describe("dead letters that a person wants sent again", () => {
  it("are delivered under the same uid once the remote takes them, and die again otherwise", async () => {
    let takes: string[] = [];
    const bad = ["event 3", "event 20", "event 21"];
    const it = subject(numbered(40), (batch) =>
      refusing(...bad.filter((each) => !takes.includes(each)))(batch),
    );
    await it.until(it.done);
    expect(it.dead()).toEqual(bad);
    takes = ["event 3", "event 21"];
    const [letter] = it.spool.deadLetters({ output: "siem" }, 1);
    expect(it.spool.retryDeadLetters({ output: "siem" })).toBe(3);
    expect(books(it.spool)).toMatchObject({ delivered: 37, dead: 0, pending: 3 });
    it.loop.retryNow();
    await it.until(it.done);
    expect(it.taken.slice(-2).toSorted()).toEqual(["event 21", "event 3"]);
    expect(it.uids.at(-2) === letter?.uid || it.uids.at(-1) === letter?.uid).toBe(true);
    expect(it.dead()).toEqual(["event 20"]);
    expect(books(it.spool)).toEqual({ delivered: 39, filtered: 0, dead: 1, pending: 0 });
  });

  it("one for which the connection is cut does not stop the rest, and dies again between two that arrive", async () => {
    const large = "x".repeat(500);
    const cuts = (batch: readonly Sent[]): SendResult =>
      batch.some(({ payload }) => payload === large)
        ? { status: "retry", reason: "connection_lost", detail: "reset" }
        : delivered;
    const it = subject([...numbered(3), large, ...numbered(4)], cuts);
    let next = 0;
    /** An event a minute, until the large one is dead. */
    const died = () => {
      if (it.clock.monotonic() >= next) {
        it.append([`at ${next}`]);
        next += 60_000;
      }
      return it.dead().length > 0;
    };
    await it.until(died);
    expect(it.dead()).toEqual([large]);
    it.spool.retryDeadLetters({});
    await it.until(died);
    expect(it.sent.filter((each) => each.includes(large)).length).toBeLessThan(30);
    expect(it.dead()).toEqual([large]);
    expect(books(it.spool)).toMatchObject({ dead: 1 });
    expect(it.spool.deadLetters({}, 1)[0]).toMatchObject({ reason: "too_large" });
  });
});

describe("a replay window", () => {
  const answers = (failAt: number) => (_: readonly Sent[], call: number) =>
    call === failAt ? retry({ reason: "connection_lost", detail: "reset" }) : delivered;

  it("sends again what was delivered before a disturbance, and counts it beside the balance", async () => {
    const it = subject(numbered(24), answers(3), { replayWindowMs: 300_000 });
    await it.until(() => it.done() && it.spool.standing("siem").stretch === undefined);
    expect(it.taken.toSorted()).toEqual([...numbered(24), ...numbered(16)].toSorted());
    expect(it.spool.books()[0]).toMatchObject({ delivered: 24, resent: 16, dead: 0, pending: 0 });
    expect(it.reports.find(({ type }) => type === "in_doubt")).toMatchObject({ events: 16 });
  });

  it("takes no notice of a remote that asks to wait", async () => {
    const busy = (_: readonly Sent[], call: number) => (call === 3 ? retry() : delivered);
    const it = subject(numbered(24), busy, { replayWindowMs: 300_000 });
    await it.until(it.done);
    expect(it.taken).toEqual(numbered(24));
  });

  it("leaves out what is dead or set aside, and one that is cut off beside the run starts nothing anew", async () => {
    const large = "x".repeat(500);
    const cuts = (batch: readonly Sent[]): SendResult =>
      batch.some(({ payload }) => payload === large)
        ? retry({ reason: "connection_lost", detail: "reset" })
        : refusing("event 2")(batch);
    const it = subject([...numbered(6), large, ...numbered(40).slice(6)], cuts, {
      replayWindowMs: 300_000,
    });
    const replayed = () => it.settled() && it.spool.standing("siem").stretch === undefined;
    const inDoubt = () => it.reports.filter(({ type }) => type === "in_doubt").length;
    await it.until(replayed);
    const doubts = inDoubt();
    // Until a search expects it.
    expect(doubts).toBeLessThanOrEqual(3);
    let next = 0;
    const died = () => {
      if (it.clock.monotonic() >= next) {
        it.append([`at ${next}`]);
        next += 60_000;
      }
      return it.dead().length === 2;
    };
    await it.until(died);
    await it.until(replayed);
    expect(it.dead().toSorted()).toEqual(["event 2", large]);
    expect(inDoubt()).toBe(doubts);
    expect(it.sent.filter((each) => each.includes("event 2")).length).toBeLessThan(12);
  });

  it("waits for room where the disk is full just then, and forgets nothing", async () => {
    const it = subject(numbered(24), answers(3), { replayWindowMs: 300_000 });
    const resend = it.spool.resend.bind(it.spool);
    let full = 3;
    it.spool.resend = (output) => {
      if (full-- > 0) throw new SpoolError("full", "the disk is full", "make room");
      return resend(output);
    };
    await it.until(() => it.done() && it.spool.standing("siem").stretch === undefined);
    expect(it.conditions.some(({ reason }) => reason === "spool_full")).toBe(true);
    expect(it.spool.books()[0]).toMatchObject({ delivered: 24, resent: 16 });
  });

  it("is off unless asked for", async () => {
    const it = subject(numbered(24), answers(3));
    await it.until(it.done);
    expect(it.taken).toEqual(numbered(24));
  });

  it("an event that is refused the second time stops nothing and does not die", async () => {
    let disturbed = false;
    const it = subject(
      numbered(24),
      (batch, call) => {
        if (call === 3) disturbed = true;
        return call === 3 ? retry({ reason: "timeout" }) : disturbed ? refusing("event 5")(batch) : delivered;
      },
      { replayWindowMs: 300_000 },
    );
    await it.until(() => it.done() && it.spool.standing("siem").stretch === undefined);
    expect(it.spool.books()[0]).toMatchObject({ delivered: 24, resent: 15, dead: 0, pending: 0 });
  });
});
