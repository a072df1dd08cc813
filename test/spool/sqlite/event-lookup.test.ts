import { afterEach, beforeEach, expect, it } from "vitest";
import { database } from "../../../src/spool/sqlite/database.ts";
import { keep, record, uidOfText } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

it("shows no record that was changed on disk: it is set aside as everywhere", () => {
  keep(state.open(), "prod", [record("a"), record("b")]);
  state.close();
  const db = database(state.file("spool.db"), { maxBytes: 1e9 });
  db.exec("UPDATE chunk SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB)");
  db.close();
  const store = state.open();
  expect(store.events.scan({ uid: uidOfText("b"), before: 3 })).toEqual({ before: 1 });
  expect(store.damage()).toMatchObject([{ count: 2 }]);
});

it("gives the books of one day, of every source and output", () => {
  const store = state.open({ outputs: ["siem", "lake"] });
  keep(store, "prod", [record("a"), record("b", { day: 5 })]);
  expect(store.events.books({ day: 5 }).books).toMatchObject([
    { output: "lake", source: "prod", day: 5, fetched: 1, pending: 1 },
    { output: "siem" },
  ]);
});
