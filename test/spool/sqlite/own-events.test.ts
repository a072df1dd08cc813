import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ownSource } from "../../../src/own/own-origin.ts";
import type { Store } from "../../../src/spool/store.ts";
import {
  all,
  counted,
  dayMs,
  done,
  drain,
  keep,
  move,
  ofOurs,
  record,
  settled,
  today,
} from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const two = { outputs: ["siem", "lake"] };
const output = (name: string) => ({ output: name, source: "" });
const told = (spool: Store, after = 0) =>
  ofOurs(spool.read(after, all)).map(({ action, ...rest }) => ({
    action: action.replace(/^.*:/, ""),
    ...rest,
  }));

it("are records like others: of their own source, in the books, verified, pruned", () => {
  const actions: string[] = [];
  const spool = state.open({ ...two, onOwnEvents: (found) => actions.push(...found) });
  spool.hold(output("siem"), "unauthorized");
  const [record] = spool.read(0, all);
  expect(record).toMatchObject({ seq: 1, source: ownSource, day: today, late: false });
  expect(record?.uid).toMatch(/^[0-9a-f]{32}$/);
  expect(spool.books()).toMatchObject(
    [...two.outputs].sort().map((name) => ({
      source: ownSource,
      day: today,
      output: name,
      fetched: 1,
      known: 0,
      new: 1,
      pending: 1,
    })),
  );
  expect(actions).toEqual(["output_held"]);
  for (const name of two.outputs) drain(spool, name);
  expect(spool.prune(state.clock.now() + dayMs)).toBe(1);
});

it("are there with what they tell, or neither is: a commit that fails takes both back", () => {
  const actions: string[] = [];
  const spool = state.open({ ...two, onOwnEvents: (found) => actions.push(...found) });
  keep(spool, "prod", [record("a")]);
  const { counts, dead } = settled(spool.read(0, all), () => "dead");
  // The counts are of another day than the record: this is refused after the letter and the event were written.
  const wrong = counts.map((row) => ({ ...row, day: row.day + 1 }));
  expect(() => spool.settle("siem", move(1, wrong, dead))).toThrow(/other days/);
  expect([told(spool), spool.deadLetters({}, 9), actions]).toEqual([[], [], []]);
  spool.settle("siem", move(1, counts, dead));
  expect(told(spool)).toMatchObject([{ action: "first_dead_letter", output: "siem", reason: "bad_event" }]);
  expect(actions).toEqual(["first_dead_letter"]);
});

it("are heard of where the same change gives an output another name", () => {
  const at = (place: string) => ({ outputs: ["siem"], places: new Map([["siem", [place]]]) });
  const before = state.open(at("hec one"));
  keep(before, "prod", [record("a")]);
  drain(before, "siem");
  const actions: string[] = [];
  const spool = state.open({ ...at("hec two"), onOwnEvents: (found) => actions.push(...found) });
  spool.hold(output("siem"), "destination_changed");
  spool.answerPlace("siem", "start_over");
  expect(told(spool, 1).map(({ action }) => action)).toEqual(["output_held", "output_released"]);
  expect(actions).toEqual(["output_held", "output_released"]);
});

it("of dead letters there is one for each output and reason, until none of those is kept", () => {
  const spool = state.open(two);
  keep(
    spool,
    "prod",
    ["a", "b", "c", "d"].map((name) => record(name)),
  );
  const records = spool.read(0, all);
  const { counts, dead } = settled(records, () => "dead");
  const letters = dead.map((letter, at) => (at === 3 ? { ...letter, reason: "too_large" } : letter));
  spool.settle("siem", move(4, counts, letters));
  const ofSiem = [
    { output: "siem", reason: "bad_event", uid: records[0]?.uid, source: "prod" },
    { output: "siem", reason: "too_large", uid: records[3]?.uid },
  ];
  expect(told(spool, 4)).toMatchObject(ofSiem);
  const again = state.open(two);
  again.settle("lake", move(4, counts, letters));
  expect(told(again, 6)).toMatchObject(ofSiem.map((fact) => ({ ...fact, output: "lake" })));
  expect(again.dropDeadLetters({ output: "lake", reason: "bad_event" })).toBe(3);
  expect(told(again, 8)).toMatchObject([
    { action: "loss_accepted", loss: "dead_letters", output: "lake", records: 3 },
  ]);
  keep(again, "prod", [record("e")]);
  const last = again.read(9, all);
  const more = settled(last, () => "dead");
  drain(again, "siem");
  const between = settled(again.read(4, { events: 5, bytes: 1e9 }), () => "filtered");
  again.settle("lake", move(10, [...between.counts, ...more.counts], more.dead));
  expect(told(again, 10)).toMatchObject([
    { action: "first_dead_letter", output: "lake", reason: "bad_event" },
  ]);
});

it("what flaps is told so often a day, and what was not is counted and told with the next", () => {
  const spool = state.open(two);
  const flap = (times: number) => {
    for (let time = 0; time < times; time++) {
      spool.hold(output("siem"), "tls");
      state.clock.advance(1000);
      spool.hold(output("siem"), undefined);
    }
  };
  flap(100);
  const ofDay = told(spool);
  expect(ofDay).toHaveLength(48);
  expect(ofDay.some(({ untold }) => untold !== undefined)).toBe(false);
  const reopened = state.open(two);
  reopened.hold(output("siem"), "tls");
  expect(told(reopened)).toHaveLength(48);
  reopened.hold(output("siem"), undefined);
  state.clock.advance(dayMs);
  reopened.hold(output("siem"), "tls");
  expect(told(reopened, 48)).toMatchObject([{ action: "output_held", untold: 77 }]);
});

it("go into a full spool, up to a bound of their own, and do not fill it", () => {
  const spool = state.open({ ...two, maxBytes: 1024 ** 2 });
  const chunk = () => keep(spool, "prod", [record(`r${spool.head()}`, { bytes: Buffer.alloc(100_000) })]);
  expect(() => {
    for (;;) chunk();
  }).toThrow(expect.objectContaining({ failure: "full" }));
  const before = spool.usage().bytes;
  const head = spool.head();
  const days = Array.from({ length: 300 }, (_, at) => ({ day: 10_000 + 2 * at, reason: "refused" }));
  spool.finishWindow("prod", done("on", { gaps: days }), counted(), state.clock.now());
  expect(told(spool, head).map(({ count }) => count)).toEqual([50, 50, 50, 50, 50, 50]);
  expect(spool.usage().bytes - before).toBeLessThan(128 * 1024);
});

it("take no more than their reserve, however long nothing leaves", () => {
  const spool = state.open({ ...two, maxBytes: 64 * 1024 ** 2 });
  const reason = "no ".repeat(30_000);
  let day = 10_000;
  const more = () =>
    spool.finishWindow("prod", done("on", { gaps: [{ day: day++, reason }] }), counted(), state.clock.now());
  for (let count = 0; count < 60; count++) more();
  const kept = spool.head();
  expect(kept).toBeGreaterThan(30);
  expect(kept).toBeLessThan(60);
  expect(spool.sources()[0]?.gaps).toHaveLength(60);
  for (const name of two.outputs) drain(spool, name);
  state.clock.advance(dayMs);
  while (spool.prune(state.clock.now()) > 0);
  more();
  expect(told(spool, kept)).toMatchObject([{ action: "gap_found", untold: 60 - kept }]);
});

it("have another uid in each state, and the same whenever they are read", () => {
  const uids = () => {
    const spool = state.open(two);
    spool.hold(output("siem"), "tls");
    return spool.read(0, all).map(({ uid }) => uid);
  };
  const first = uids();
  expect(uids()).toEqual(first);
  state.remove();
  state = new SpoolDirectory();
  expect(uids()).not.toEqual(first);
});

it("a damaged one is lost and counted as that, and no day of ours is waited for", () => {
  const spool = state.open(two);
  spool.hold(output("siem"), "tls");
  keep(spool, "prod", [record("a")]);
  state.close();
  const db = new DatabaseSync(state.file("spool.db"));
  db.exec("UPDATE chunk SET bytes = x'00' WHERE first_seq = 1");
  db.close();
  const again = state.open(two);
  expect(drain(again, "siem")).toHaveLength(1);
  expect(
    again.books().find(({ source, output: name }) => source === ownSource && name === "siem"),
  ).toMatchObject({
    lost: 1,
    // That the hold ended, with what was delivered now.
    pending: 1,
  });
  expect(again.sources().flatMap(({ gaps }) => gaps)).toEqual([]);
});

it("of dead letters a second one for the same reason is no news, also in a later batch and run", () => {
  const spool = state.open(two);
  keep(spool, "prod", [record("a"), record("b"), record("c")]);
  const dead = (store: Store, after: number) => {
    const { counts, dead: letters } = settled(store.read(after, { events: 1, bytes: 1 }), () => "dead");
    store.settle("siem", move(after + 1, counts, letters));
  };
  dead(spool, 0);
  dead(spool, 1);
  const again = state.open(two);
  dead(again, 2);
  expect(again.deadLetters({}, 9)).toHaveLength(3);
  expect(told(again, 3)).toHaveLength(1);
});

it("do not count in the limit where they lie in a segment either, also after a start", () => {
  const spool = state.open(two);
  const before = spool.usage().bytes;
  for (const source of ["a", "b", "c", "d"]) spool.hold({ output: "", source }, "r".repeat(100_000));
  state.close();
  expect(state.open(two).usage().bytes - before).toBeLessThan(100_000);
});
