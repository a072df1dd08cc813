import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and nothing of it was planned or stored", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ outputs: ["store"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(
      `${withoutSegments}DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 12`,
    );
    db.close();
    const store = state.open({ outputs: ["store"] });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.archives.head("store")]).toEqual([[], undefined]);
    store.archives.plan("store", { through: 1, plan: "it" });
    expect(store.standing("store").planned).toEqual({ through: 1, plan: "it" });
  } finally {
    state.remove();
  }
});
