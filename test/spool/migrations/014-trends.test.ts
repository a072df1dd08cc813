import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, without a past to show", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ sources: ["prod"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(`${withoutSegments}DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 13`);
    db.close();
    const store = state.open({ sources: ["prod"] });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.trends.trends(), store.trends.incidents()]).toEqual([[], [], []]);
  } finally {
    state.remove();
  }
});
