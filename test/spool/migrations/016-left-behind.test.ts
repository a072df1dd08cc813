import { expect, it } from "vitest";
import { keep, record, today } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over as it is, and remembers what is left behind from then on", () => {
  const state = new SpoolDirectory();
  try {
    keep(state.open({ outputs: ["siem", "lake"] }), "prod", [record("a")]);
    state.close();
    state.inDatabase((db) =>
      db.exec("DROP TABLE left_behind; DROP TABLE replaced_state; PRAGMA user_version = 15"),
    );
    expect(state.open({ outputs: ["siem"] }).events.left({ day: today }).left).toEqual([
      { source: "prod", output: "lake", records: 1 },
    ]);
    expect(state.damage).toEqual([]);
  } finally {
    state.remove();
  }
});
