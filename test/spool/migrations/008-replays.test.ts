import { expect, it } from "vitest";
import { replayTables } from "../../../src/spool/migrations/008-replays.ts";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { database } from "../../../src/spool/sqlite/database.ts";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { drain, keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before goes on with what it has, and takes replays from then on", () => {
  const state = new SpoolDirectory();
  try {
    drain(keptIn(state), "siem");
    state.close();
    const db = database(state.file("spool.db"), { maxBytes: 1e9 });
    const first = migrations.indexOf(replayTables);
    for (const later of migrations.slice(first))
      for (const [, table] of later.matchAll(/CREATE TABLE (\w+)/g)) db.exec(`DROP TABLE ${table}`);
    db.exec(`${withoutSegments}PRAGMA user_version = ${first}`);
    db.close();
    const store = state.open();
    expect(store.damage()).toEqual([]);
    store.replays.plan({ output: "siem", filter: { from: 0, to: 1 }, perSecond: 1 });
    expect(state.open().replays.of("siem")).toMatchObject({ state: "running", through: 1 });
  } finally {
    state.remove();
  }
});

function keptIn(state: SpoolDirectory) {
  const store = state.open();
  keep(store, "prod", [record("a")]);
  return store;
}
