import { expect, it } from "vitest";
import { peopleTables } from "../../../src/spool/migrations/007-people.ts";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { database } from "../../../src/spool/sqlite/database.ts";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { drain, keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before goes on with what it has, and remembers more from then on", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    const db = database(state.file("spool.db"), { maxBytes: 1e9 });
    const first = migrations.indexOf(peopleTables);
    for (const later of migrations.slice(first))
      for (const [, table] of later.matchAll(/CREATE TABLE (\w+)/g)) db.exec(`DROP TABLE ${table}`);
    db.exec(`${withoutSegments}PRAGMA user_version = ${first}`);
    db.close();
    const store = state.open();
    expect(store.damage()).toEqual([]);
    expect(drain(store, "siem")).toHaveLength(1);
    expect(store.events.traces({ uid: "a".repeat(32), first: 1, last: 1 }).outputs).toMatchObject([
      { beyond: true, passed: { after: state.clock.now() } },
    ]);
  } finally {
    state.remove();
  }
});
