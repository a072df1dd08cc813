import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { all, drain, keep, move, ofSources, record, settled } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const displaced = (message: RegExp) =>
  expect.objectContaining({
    name: "SpoolError",
    failure: "displaced",
    message: expect.stringMatching(message),
  });

/** Two records, one of them delivered, and one more that came after a copy was made. */
function inUse() {
  const store = state.open();
  keep(store, "prod", [record("a"), record("b")]);
  store.settle("siem", move(1, settled(store.read(0, { events: 1, bytes: 1 })).counts));
  return store;
}

it("says nothing while everything is where it was", () => {
  const store = inUse();
  store.look();
  keep(store, "prod", [record("c")]);
  store.look();
});

it("a database that was removed while it was in use is written again, whole, and the process ends", () => {
  const store = inUse();
  rmSync(state.file("spool.db"));
  rmSync(state.file("spool.db-wal"));
  keep(store, "prod", [record("c")]);
  expect(() => store.look()).toThrow(displaced(/was removed .* nothing is lost/));
  expect(statSync(state.file("spool.db")).mode & 0o777).toBe(0o600);
  const again = state.open();
  expect(again.damage()).toEqual([]);
  expect(drain(again, "siem").map(({ seq }) => seq)).toEqual([2, 3]);
});

it("whoever removes the files of records with the database is told that they are gone", () => {
  const store = inUse();
  const big = (name: string) => record(name, { bytes: Buffer.alloc(5_000_000, name) });
  for (const name of ["c", "d"]) keep(store, "prod", [big(name)]);
  for (const name of ["spool.db", "spool.db-wal", "records-000001"]) rmSync(state.file(name));
  expect(() => store.look()).toThrow(displaced(/was removed .* of 2 files of records 1 are gone/));
  const again = state.open();
  expect(ofSources(again.read(0, all)).map(({ seq }) => seq)).toEqual([1, 2, 4]);
  expect(again.damage()).toMatchObject([{ firstSeq: 3, count: 1 }]);
});

it("an older copy that was put in its place while it was in use does not win", () => {
  inUse();
  state.close();
  copyFileSync(state.file("spool.db"), state.file("backup"));
  const store = state.open();
  keep(store, "prod", [record("c")]);
  drain(store, "siem");
  renameSync(state.file("backup"), state.file("spool.db"));
  expect(() => store.look()).toThrow(displaced(/another file was put in the place/));
  const again = state.open();
  expect(again.head()).toBe(3);
  expect(again.backlog("siem").events).toBe(0);
  expect(readdirSync(state.path).filter((name) => name.startsWith("spool.db.replaced-"))).toHaveLength(1);
});

it("a directory that was moved away is no first start at its old place, and whole at its new one", () => {
  const store = inUse();
  renameSync(state.path, `${state.path}-moved`);
  expect(() => store.look()).toThrow(displaced(/was moved away/));
  expect(() => state.open()).toThrow(expect.objectContaining({ failure: "state_lost" }));
  rmSync(state.path, { recursive: true });
  renameSync(`${state.path}-moved`, state.path);
  expect(state.open().read(0, all)).toHaveLength(2);
});

it("a segment that was removed while it was in use ends the process, and the rest is whole", () => {
  const store = inUse();
  keep(store, "prod", [record("large", { bytes: Buffer.alloc(10_000) })]);
  store.look();
  rmSync(state.file("records-000001"));
  expect(() => store.look()).toThrow(displaced(/records-000001 was removed or replaced/));
  writeFileSync(state.file("records-000001"), "of somebody else", { mode: 0o600 });
  expect(() => store.look()).toThrow(displaced(/records-000001 was removed or replaced/));
  const again = state.open();
  expect(ofSources(again.read(0, all)).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(again.damage()).toMatchObject([{ firstSeq: 3, count: 1 }]);
});

it.each(["removed", "replaced"])(
  "a log that was %s while it was in use costs nothing, not even with a kill",
  (how) => {
    const store = inUse();
    store.look();
    const before = readFileSync(state.file("spool.db-wal"));
    rmSync(state.file("spool.db-wal"));
    if (how === "replaced") writeFileSync(state.file("spool.db-wal"), before, { mode: 0o600 });
    keep(store, "prod", [record("c")]);
    expect(() => store.look()).toThrow(displaced(/spool\.db-wal was removed or replaced .* nothing is lost/));
    const killed = `${state.path}.killed`;
    cpSync(state.path, killed, { recursive: true });
    chmodSync(killed, 0o700);
    const again = state.open({ stateDir: killed });
    expect(drain(again, "siem").map(({ seq }) => seq)).toEqual([2, 3]);
  },
);

it("a lock that was removed would let a second daemon in: the process ends", () => {
  const store = inUse();
  rmSync(state.file("LOCK"));
  expect(() => store.look()).toThrow(displaced(/LOCK was removed/));
  expect(existsSync(state.file("spool.db"))).toBe(true);
});

it("a directory that was moved away loses nothing of what is in segments, nor does what has its name now", () => {
  const big = (name: string) => record(name, { bytes: Buffer.alloc(5_000_000, name) });
  let store = state.open({ keepDelivered: 0 });
  for (const name of ["a", "b", "c"]) keep(store, "prod", [big(name)]);
  const away = `${state.path}.away`;
  renameSync(state.path, away);
  expect(() => store.chunk(0)).toThrow(displaced(/was moved away/));
  expect(state.damage).toEqual([]);
  // The marker that keeps a start at the old place from being a first one.
  expect(existsSync(state.file("STATE"))).toBe(true);

  const foreign = ["records-000001", "records-000003", "records-000009"];
  for (const name of foreign) writeFileSync(state.file(name), "of another state");
  store.settle("siem", move(1, settled([{ ...big("a"), seq: 1, source: "prod" } as never]).counts));
  expect(store.prune(state.clock.now() + 1)).toBe(1);
  expect(() => keep(store, "prod", [big("d")])).toThrow(displaced(/was moved away/));
  expect(readdirSync(state.path).sort()).toEqual(["STATE", ...foreign].sort());
  for (const name of foreign) expect(statSync(state.file(name)).size).toBe(16);

  state.close();
  rmSync(state.path, { recursive: true });
  renameSync(away, state.path);
  store = state.open();
  expect(drain(store, "siem").map(({ seq }) => seq)).toEqual([2, 3]);
  expect(state.damage).toEqual([]);
});
