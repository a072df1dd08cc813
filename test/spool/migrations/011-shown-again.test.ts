import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { againTables } from "../../../src/spool/migrations/011-shown-again.ts";
import { migrations } from "../../../src/spool/migrations/all.ts";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { dayMs, drain, keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and its replay goes on", () => {
  const state = new SpoolDirectory();
  try {
    const before = state.open({ sources: ["prod"] });
    keep(before, "prod", [record("a")]);
    drain(before, "siem");
    const filter = { from: 0, to: (today + 1) * dayMs };
    const { id } = before.replays.plan({ output: "siem", filter, perSecond: 1 });
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    for (const [, table] of againTables.matchAll(/CREATE TABLE (\w+)/g)) db.exec(`DROP TABLE ${table}`);
    db.exec(
      `${withoutSegments}DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = ${migrations.indexOf(againTables)}`,
    );
    db.close();
    const store = state.open({ sources: ["prod"] });
    expect([store.damage(), knownIdentities(store, today)]).toEqual([[], [uidOfText("a")]]);
    expect(store.standing("siem").replay).toMatchObject({ id, shown: { next: 1, free: 1, grows: false } });
  } finally {
    state.remove();
  }
});
