import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../src/spool/store.ts";
import { bringSegmentIn } from "../../fake/earlier-schema.ts";
import { all, keep, largeRecord, namesOf, ofSources } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

let state: SpoolDirectory;
beforeEach(() => {
  state = new SpoolDirectory();
});
afterEach(() => state.remove());

const names = (spool: Store) => namesOf(ofSources(spool.read(0, all)));

/** As the version before has left it: many bytes in the row, too. */
function earlierVersion(): void {
  state.inDatabase((db) => {
    bringSegmentIn(db, state.path);
    db.exec("PRAGMA user_version = 14");
  });
}

describe("a state of the version before", () => {
  it("is taken over as it is, and goes on in segments", () => {
    keep(state.open(), "prod", [largeRecord("a")]);
    earlierVersion();
    const spool = state.open();
    expect(spool.damage()).toEqual([]);
    keep(spool, "prod", [largeRecord("b")]);
    expect(names(state.open())).toEqual(["a", "b"]);
    expect(
      state.inDatabase((db) => db.prepare("SELECT segment FROM chunk ORDER BY first_seq").all()),
    ).toMatchObject([{ segment: null }, { segment: 1 }]);
  });

  it("is saved into a new database where it is damaged", () => {
    keep(state.open(), "prod", [largeRecord("a")]);
    earlierVersion();
    state.inDatabase((db) => db.exec("UPDATE book SET new = 7"));
    const spool = state.open();
    expect(state.damage.length).toBeGreaterThan(0);
    expect(names(spool)).toEqual(["a"]);
  });
});
