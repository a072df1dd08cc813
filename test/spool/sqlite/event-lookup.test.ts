import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "../../../src/spool/sqlite/database.ts";
import { all, counted, keep, move, record, settled, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("shows no record that was changed on disk: it is set aside as everywhere", () => {
  keep(state.open(), "prod", [record("a"), record("b")]);
  state.close();
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  db.exec("UPDATE chunk SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB)");
  db.close();
  const store = state.open();
  expect(store.events.scan({ uid: uidOfText("b"), before: 3 })).toEqual({ before: 1 });
  expect(store.damage()).toMatchObject([{ count: 2 }]);
});

it("gives the books of one day, of every source and output", () => {
  const store = state.open({ outputs: ["siem", "lake"] });
  keep(store, "prod", [record("a"), record("b", { day: 5 })]);
  expect(store.events.books({ day: 5 }).books).toMatchObject([
    { output: "lake", source: "prod", day: 5, fetched: 1, pending: 1 },
    { output: "siem" },
  ]);
});

it("gives the dead letters of one day, by source, output and reason", () => {
  const store = state.open({ outputs: ["siem"] });
  keep(store, "prod", [record("a"), record("b", { day: 5 }), record("c", { day: 5 })]);
  const { counts, dead } = settled(store.read(0, all), () => "dead");
  store.settle("siem", move(3, counts, dead));
  const letter = { source: "prod", output: "siem", reason: "bad_event" };
  expect(store.events.letters({ day: 5 }).letters).toEqual([{ ...letter, events: 2 }]);
  store.dropDeadLetters({ day: 5 });
  expect(store.events.letters({ day: 5 }).letters).toEqual([]);
});

it("says how a day was closed, and whether something of it came since", () => {
  const store = state.open();
  const shown = { records: 1, identities: 1, digest: "ab".repeat(32) };
  keep(store, "prod", [record("a", { day: 5 })]);
  expect(store.events.closed({ source: "prod", day: 5 })).toEqual({ covered: false });
  store.finishStep(
    { progress: { source: "prod", unplanned: true }, closed: { day: 5, ...shown } },
    counted(),
    7,
  );
  expect(store.events.closed({ source: "prod", day: 5 })).toMatchObject({ closed: shown, reopened: false });
  keep(store, "prod", [record("b", { day: 5 })]);
  expect(store.events.closed({ source: "prod", day: 5 }).reopened).toBe(true);
  // By a clock that was ahead.
  const ahead = { progress: { source: "prod", unplanned: true }, closed: { day: 6, ...shown } } as const;
  store.finishStep(ahead, counted(), state.clock.now() + 2 * 3_600_000);
  expect(store.events.closed({ source: "prod", day: 6 }).reopened).toBe(true);
  state.clock.advance(2 * 3_600_000);
  expect(store.events.closed({ source: "prod", day: 6 }).reopened).toBe(false);
});

it("knows that a day of a source that has another name now is closed by that", () => {
  const origins = new Map(
    ["prod", "main", "other"].map((name) => [name, { instance: name === "other" ? "b" : "a", baseUrl: "" }]),
  );
  const store = state.open({ sources: ["prod", "main", "other"], origins });
  keep(store, "prod", [record("a", { day: 5 })]);
  const covered = (source: string) => store.events.closed({ source, day: 5 }).covered;
  const shown = { records: 1, identities: 1, digest: "ab".repeat(32) };
  const close = (source: string) =>
    store.finishStep({ progress: { source, unplanned: true }, closed: { day: 5, ...shown } }, counted(), 7);
  close("other");
  expect(covered("prod")).toBe(false);
  close("main");
  expect([covered("prod"), covered("main"), covered("other")]).toEqual([true, false, false]);
  keep(store, "prod", [record("b", { day: 5 })]);
  expect(covered("prod")).toBe(false);
});

it("gives the newest manifest of each output that makes them", () => {
  const store = state.open({ outputs: ["vault", "siem"] });
  expect(store.events.heads({})).toEqual({ heads: [] });
  const head = { number: 3, date: "2026-08-04", hash: "cd".repeat(32) };
  store.archives.attested("vault", { head, fingerprint: "ef", files: [], days: [] });
  expect(store.events.heads({})).toEqual({ heads: [{ output: "vault", ...head }] });
});
