import { afterEach, beforeEach, expect, it } from "vitest";
import {
  acme,
  all,
  drain,
  idOfText,
  keep,
  move,
  record,
  settled,
  today,
  uidOfText,
} from "../fake/records.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const open = (options = {}) => state.open(options);

it("finds a uid from the newest record back, in steps that end at the oldest", () => {
  const store = open();
  for (let at = 0; at < 40; at++) keep(store, "prod", [record(`a${at}`), record(`b${at}`)]);
  let { before, record: found } = store.events.scan({ uid: uidOfText("b3"), before: store.head() + 1 });
  expect(found).toBeUndefined();
  expect(before).toBe(80 - 2 * 8 + 1);
  let steps = 1;
  for (; found === undefined && before > 1; steps++)
    ({ before, record: found } = store.events.scan({ uid: uidOfText("b3"), before }));
  expect(found).toMatchObject({ seq: 8, uid: uidOfText("b3"), source: "prod" });
  expect(steps).toBe(5);
  for (before = 81; before > 1; )
    ({ before, record: found } = store.events.scan({ uid: uidOfText("none"), before }));
  expect(found).toBeUndefined();
});

it("takes no part of a record for a uid", () => {
  const store = open();
  keep(store, "prod", [record("a", { bytes: Buffer.from(uidOfText("b"), "hex") })]);
  expect(store.events.scan({ uid: uidOfText("b"), before: 2 })).toEqual({ before: 1 });
});

it("tells who is known on which day, and what they were kept with", () => {
  const store = open();
  keep(store, "prod", [record("a"), record("b")], { at: 1000 });
  keep(store, "prod", [record("c", { day: today - 1 }), record("d")], { at: 5000 });
  expect(store.events.days({ instance: acme })).toEqual({ days: [today, today - 1] });
  expect(store.events.days({ instance: "other" })).toEqual({ days: [] });
  const asked = { instance: acme, day: today, after: -1 };
  expect(store.events.twins({ ...asked, identity: uidOfText("d") })).toEqual({
    twins: [{ ordinal: 1, firstSeq: 3, count: 1, observed: 5000, due: false }],
  });
  expect(store.events.twins({ ...asked, identity: uidOfText("c") })).toEqual({ twins: [] });
  expect(store.events.inAppend({ uid: uidOfText("d"), firstSeq: 3 }).record?.seq).toBe(4);
  expect(store.events.inAppend({ uid: uidOfText("a"), firstSeq: 3 })).toEqual({});
});

it("goes on behind the rows that one step has looked at", () => {
  const store = open();
  for (let at = 0; at < 20; at++) keep(store, "prod", [record(`${at}`)]);
  const asked = { instance: acme, day: today, identity: uidOfText("18") };
  const first = store.events.twins({ ...asked, after: -1 });
  expect(first).toEqual({ twins: [], after: 16 });
  expect(store.events.twins({ ...asked, after: 16 })).toMatchObject({ twins: [{ firstSeq: 19 }] });
});

it("still knows what the spool has removed, without the time", () => {
  const store = open();
  keep(store, "prod", [record("a")]);
  drain(store, "siem");
  store.prune(state.clock.now() + 10 * 3_600_000);
  expect(store.events.extent({})).toEqual({ oldest: 2, head: 1 });
  const asked = { instance: acme, day: today, identity: uidOfText("a"), after: -1 };
  expect(store.events.twins(asked)).toEqual({
    twins: [{ ordinal: 1, firstSeq: 1, count: 1, due: false }],
  });
});

it("tells of each output whether it has passed a record, and when", async () => {
  const store = open({ outputs: ["lake", "siem"] });
  const deliver = (output: string, through: number) => {
    const { counts } = settled(store.read(store.standing(output).position, { ...all, events: 1 }));
    store.settle(output, move(through, counts));
  };
  keep(store, "prod", [record("a"), record("b"), record("c")]);
  const began = state.clock.now();
  deliver("siem", 1);
  await state.clock.advance(60_000);
  deliver("siem", 2);
  const traces = (name: string, seq: number) =>
    store.events.traces({ uid: uidOfText(name), first: seq, last: seq }).outputs;
  const [lake, siem] = traces("b", 2);
  expect(lake).toMatchObject({ output: "lake", beyond: false, passed: {} });
  expect(siem).toMatchObject({ beyond: true, passed: { after: began + 60_000, before: began + 60_000 } });
  expect(traces("a", 1)[1]?.passed).toEqual({ after: began, before: began + 15_000 });
  expect(traces("c", 3)[1]).toMatchObject({ beyond: false, passed: {} });
});

it("tells of dead letters and of what waits beside, and has their records", () => {
  const store = open({ outputs: ["siem"] });
  keep(store, "prod", [record("a"), record("b")]);
  const [a, b] = store.read(0, all);
  if (a === undefined || b === undefined) throw new Error("nothing was kept");
  const { counts } = settled([a], () => "dead");
  const letter = { record: a, reason: "too_large", detail: "no", at: 7 };
  store.settle("siem", move(2, counts, [letter], [{ ...letter, record: b, reason: "bad_event" }]));
  const of = (name: string) => store.events.traces({ uid: uidOfText(name), first: 1, last: 1 }).outputs[0];
  expect(of("a")).toMatchObject({ letter: { reason: "too_large", detail: "no", at: 7 } });
  expect(of("b")).toMatchObject({ side: { cause: "suspect", reason: "bad_event" } });
  expect(store.events.beside({ uid: uidOfText("a") }).record?.uid).toBe(uidOfText("a"));
  expect(store.events.beside({ uid: uidOfText("b") }).record?.seq).toBe(2);
  expect(store.events.beside({ uid: idOfText("c") })).toEqual({});
});
