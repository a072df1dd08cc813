import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { counted, dayMs, done, keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is: its days are known from their dates on", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ sources: ["prod"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec(
      "DROP TABLE shown_day; DROP TABLE backfill; DROP TABLE hold; DROP TABLE told; DROP TABLE configured; DROP TABLE milestone; DROP TABLE active_day; DROP TABLE person; DROP TABLE replay; DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source; DROP TABLE sweep; DROP TABLE lateness; DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident",
    );
    db.exec(`${withoutSegments}PRAGMA user_version = 4`);
    db.close();
    const store = state.open({ sources: ["prod"], keepLedger: 14 * dayMs });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.backfill("prod")]).toEqual([[], undefined]);
    const read = (days: number) =>
      store.finishWindow("prod", done("on", { watermark: (today + days) * dayMs }), counted(), 1);
    read(14);
    store.prune((today + 14) * dayMs);
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    read(15);
    store.prune((today + 15) * dayMs);
    expect(knownIdentities(store, today)).toEqual([]);
  } finally {
    state.remove();
  }
});
