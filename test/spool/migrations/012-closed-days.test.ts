import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { counted, keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and no day of it is closed", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ sources: ["prod"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(
      `${withoutSegments}DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 11`,
    );
    db.close();
    const store = state.open({ sources: ["prod"] });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.closedDays("prod").size]).toEqual([[], 0]);
    const closed = { day: today, records: 1, identities: 1, digest: "ab" };
    store.finishStep({ progress: { source: "prod", unplanned: true }, closed }, counted(), 7);
    expect(store.closedDays("prod").get(today)).toMatchObject({ ...closed, kept: 1 });
  } finally {
    state.remove();
  }
});
