import { expect, it } from "vitest";
import { keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and knows of no replacement", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open(), "prod", [record("a")]);
    state.close();
    state.inDatabase((db) => db.exec("DROP TABLE replaced_state; PRAGMA user_version = 16"));
    expect(state.open().replaced()).toEqual([]);
    expect(state.damage).toEqual([]);
  } finally {
    state.remove();
  }
});
