import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActivityRule } from "../../../src/spool/activity.ts";
import type { ActiveUsers } from "../../../src/spool/chunk/active-users.ts";
import { keptActivity } from "../../../src/spool/sqlite/activity.ts";
import { damages } from "../../../src/spool/sqlite/damages.ts";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { migrate } from "../../../src/spool/sqlite/migrate.ts";
import { tablesOf } from "../../../src/spool/sqlite/tables.ts";
import type { OpenStore } from "../../../src/spool/store.ts";
import { keepLines, prod } from "../../fake/kept-lines.ts";
import { all, dayMs, drain, ofSources, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const names: ActivityRule = { scope: "names", nameless: new Set(), keep: 800 * dayMs };
const open = (rule: Partial<ActivityRule> | undefined = {}, more = {}) =>
  state.open({ activity: { ...names, ...rule }, sources: ["prod"], ...more });
const keepAll = (store: OpenStore, lines: readonly string[], origin = prod) =>
  keepLines(store, state.clock, lines, { origin });

function line(time: string, user: unknown, more: object = {}): string {
  return JSON.stringify({ timestamp: time, action: "run:update", actor_user_id: user, ...more });
}
const yesterday = [
  line("2026-07-31T10:00:00Z", 1042, { actor_email: "a@example.com" }),
  line("2026-07-31T12:00:00Z", "1042", { actor_email: "a@example.com" }),
  line("2026-07-31T11:00:00Z", "VXNlcjoxMDc3"),
  line("2026-07-31T11:30:00Z", undefined),
];
const of = (store: OpenStore, day: number, instance = prod.instance) =>
  Object.fromEntries(store.activity.users(instance, day).users.map(({ user, second }) => [user, second]));

describe("who was active", () => {
  it("is kept with the records: a set for each UTC day, with the latest time", () => {
    const store = open();
    keepAll(store, [...yesterday, line("2026-08-01T00:00:01Z", 1042)]);
    expect(store.activity.instances()).toEqual([prod.instance]);
    expect(store.activity.days(prod.instance)).toEqual([today - 1, today]);
    expect(of(store, today - 1)).toEqual({ "1042": 43_200, VXNlcjoxMDc3: 39_600 });
    expect(of(store, today)).toEqual({ "1042": 1 });
    expect(store.activity.persons(prod.instance, "")).toEqual([
      { user: "1042", name: "a@example.com", service: false },
    ]);
  });

  it("outlives the records and a restart, and is the same when they are shown again", () => {
    const first = open();
    keepAll(first, yesterday);
    drain(first, "siem");
    first.prune(state.clock.now() + 10 * 3_600_000);
    const store = open();
    expect(store.read(0, all)).toEqual([]);
    keepAll(store, yesterday);
    expect(of(store, today - 1)).toEqual({ "1042": 43_200, VXNlcjoxMDc3: 39_600 });
  });

  it("moves the latest time on with what comes later, also over a restart, and never back", () => {
    keepAll(open(), yesterday.slice(0, 1));
    keepAll(open(), [line("2026-07-31T20:00:00Z", 1042)]);
    expect(of(open(), today - 1)).toEqual({ "1042": 72_000 });
    keepAll(open(), [line("2026-07-31T15:00:00Z", 1042)]);
    expect(of(open(), today - 1)).toEqual({ "1042": 72_000 });
  });

  it("counts no day that cannot be, and nothing without a time", () => {
    const store = open();
    keepAll(store, [line("1999-01-01T00:00:00Z", 1), line("2027-01-01T00:00:00Z", 2), line("never", 3)]);
    expect(store.read(0, all)).toHaveLength(3);
    expect(store.activity.days(prod.instance)).toEqual([]);
  });

  it("counts a lost and recovered record once", () => {
    keepAll(open({}, { outputs: ["siem"] }), yesterday);
    state.close();
    const db = database(state.file("spool.db"), { maxBytes: 1e9 });
    db.exec("UPDATE chunk SET bytes = x'00'");
    db.close();
    const store = open();
    expect(ofSources(store.read(0, all))).toEqual([]);
    keepAll(store, yesterday);
    expect(ofSources(store.read(0, all))).toHaveLength(4);
    expect(of(store, today - 1)).toEqual({ "1042": 43_200, VXNlcjoxMDc3: 39_600 });
  });

  it("is of an instance, whichever source has shown it", () => {
    const store = open();
    keepAll(store, yesterday.slice(0, 1));
    keepAll(store, yesterday.slice(2, 3), { ...prod, source: "files" });
    keepAll(store, yesterday.slice(0, 1), { ...prod, source: "b", instance: "b.example" });
    expect(Object.keys(of(store, today - 1))).toEqual(["1042", "VXNlcjoxMDc3"]);
    expect(Object.keys(of(store, today - 1, "b.example"))).toEqual(["1042"]);
  });

  it("keeps the newest name, in whatever order they come", () => {
    const store = open();
    keepAll(store, [line("2026-07-31T10:00:00Z", 7, { actor_email: "new@example.com" })]);
    keepAll(store, [line("2026-07-30T10:00:00Z", 7, { actor_email: "old@example.com" })]);
    keepAll(store, [line("2026-07-31T23:00:00Z", 7)]);
    const [person] = store.activity.persons(prod.instance, "");
    expect(person?.name).toBe("new@example.com");
  });

  it("remembers service accounts, with or without names", () => {
    const created = JSON.stringify({
      ...{ timestamp: "2026-07-31T10:00:00Z", action: "team:create_service_account" },
      ...{ actor_user_id: 1042, user_asset: 1091 },
    });
    for (const scope of ["names", "ids"] as const) {
      const store = open({ scope });
      keepAll(store, [created]);
      expect(store.activity.persons(prod.instance, "1042")).toEqual([{ user: "1091", service: true }]);
      const again = JSON.stringify({ ...JSON.parse(created), actor_user_id: 1043 });
      keepAll(store, [again]);
      expect(store.activity.persons(prod.instance, "1042")).toEqual([{ user: "1091", service: true }]);
      keepAll(store, [again], { ...prod, instance: "other" });
      expect(store.activity.persons("other", "1042")).toEqual([{ user: "1091", service: true }]);
    }
  });

  it("knows no service account of a transaction that was rolled back", () => {
    const db = database(inMemory, { maxBytes: 1e9 });
    migrate(db);
    const tables = tablesOf(db);
    const kept = keptActivity(db, tables, damages(tables), () => 0);
    kept.settle(names);
    const created = { days: () => [], serviceAccounts: () => ["1091"] } as unknown as ActiveUsers;
    const keep = () => kept.keep("prod", prod.instance, created);
    expect(() =>
      db.transaction(() => {
        keep();
        throw new Error("no room");
      }),
    ).toThrow("no room");
    kept.load();
    keep();
    expect(kept.persons(prod.instance, "")).toEqual([{ user: "1091", service: true }]);
    db.close();
  });
});

describe("what the configuration wants", () => {
  const withName = [yesterday[0] as string];

  it("off: nobody is counted, and what was counted is removed", () => {
    keepAll(open(), withName);
    const store = open({ scope: "off" });
    keepAll(store, [line("2026-08-01T00:00:00Z", 5)]);
    expect(store.activity.instances()).toEqual([]);
    expect(store.activity.persons(prod.instance, "")).toEqual([]);
  });

  it("ids: no name is kept, and those that were go", () => {
    keepAll(open(), withName);
    const store = open({ scope: "ids" });
    keepAll(store, [line("2026-08-01T00:00:00Z", 5, { actor_email: "e@example.com" })]);
    expect(store.activity.persons(prod.instance, "")).toEqual([]);
    expect(of(store, today - 1)).toEqual({ "1042": 36_000 });
  });

  it("keeps no name of a source that withholds them", () => {
    const store = open({ nameless: new Set(["prod"]) });
    keepAll(store, withName);
    expect(store.activity.persons(prod.instance, "")).toEqual([]);
  });

  it("forgets days that are old, and names of who was not active since", () => {
    const store = open({ keep: 10 * dayMs });
    keepAll(store, withName);
    keepAll(store, [line("2026-08-01T00:00:00Z", 5, { actor_email: "e@example.com" })]);
    store.prune(state.clock.now() + 10 * dayMs);
    expect(store.activity.days(prod.instance)).toEqual([today - 1, today]);
    state.clock.advance(10 * dayMs + 3_600_000);
    keepAll(store, []);
    store.prune(state.clock.now());
    expect(store.activity.days(prod.instance)).toEqual([today]);
    expect(store.activity.persons(prod.instance, "").map(({ user }) => user)).toEqual(["5"]);
  });

  it("a command that only looks counts nobody and removes nothing", () => {
    keepAll(open(), withName);
    const store = state.open();
    keepAll(store, [line("2026-08-01T00:00:00Z", 5)]);
    expect(store.activity.days(prod.instance)).toEqual([today - 1]);
  });
});

it("a day that was changed on disk is told, says that it lacks some, and is counted from then on", () => {
  keepAll(open(), yesterday);
  state.close();
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  db.exec("UPDATE active_day SET users = x'0000000037'; UPDATE person SET name = 'other'");
  db.close();
  const store = open();
  expect(store.activity.users(prod.instance, today - 1)).toEqual({ users: [], more: true });
  expect(store.activity.persons(prod.instance, "")).toEqual([{ user: "1042", service: false }]);
  keepAll(store, [line("2026-07-31T13:00:00Z", 5)]);
  expect(store.damage()).toMatchObject([{ reason: expect.stringContaining("was changed on disk") }]);
  expect(of(store, today - 1)).toEqual({ "5": 46_800 });
  expect(store.activity.users(prod.instance, today - 1).more).toBe(true);
});
