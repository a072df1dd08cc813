import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { counted, keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and knows nothing of sweeps and lateness", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ sources: ["prod"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(
      `${withoutSegments}DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source; DROP TABLE sweep; DROP TABLE lateness; DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 8`,
    );
    db.close();
    const store = state.open({ sources: ["prod"] });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.sweep("prod")]).toEqual([[], undefined]);
    expect(store.sources()[0]).not.toHaveProperty("lateness");
    store.finishStep(
      { progress: { source: "prod", date: today, next: 0, seen: 0, failures: 0 } },
      counted(),
      1,
    );
    expect(store.sweep("prod")).toMatchObject({ date: today });
  } finally {
    state.remove();
  }
});
