import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { withoutSegments } from "../../fake/earlier-schema.ts";
import { counted, keep, knownIdentities, record, today, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and knows of no witness", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ sources: ["prod"] }), "prod", [record("a")]);
    state.close();
    const db = new DatabaseSync(state.file("spool.db"));
    db.exec("DROP TABLE again; DROP TABLE again_key; DROP TABLE again_place; DROP TABLE again_source");
    db.exec(
      `${withoutSegments}DROP TABLE witness_day; DROP TABLE closed_day; DROP TABLE planned; DROP TABLE stored_file; DROP TABLE manifest; DROP TABLE attested_day; DROP TABLE trend; DROP TABLE incident; PRAGMA user_version = 9`,
    );
    db.close();
    const origin = { instance: "acme.example", baseUrl: "https://acme.example" };
    const store = state.open({
      ...{ sources: ["prod", "archive"], witnesses: new Map([["archive", "prod"]]) },
      origins: new Map(["prod", "archive"].map((name) => [name, origin])),
    });
    expect(knownIdentities(store, today)).toEqual([uidOfText("a")]);
    expect([store.damage(), store.witnessed("archive")]).toEqual([[], []]);
    const witnessed = { day: today, shown: 1, known: 1, missing: 0, extra: 0, examples: [], open: false };
    store.finishStep({ progress: { source: "archive", witnessed } }, counted(), 7);
    expect(store.witnessed("archive")).toEqual([{ ...witnessed, kept: 1, compared: 7 }]);
  } finally {
    state.remove();
  }
});
