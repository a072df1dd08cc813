import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { diskError } from "../../../src/spool/disk-error.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { room } from "../../../src/spool/sqlite/room.ts";

it("a system that refuses what there seems to be room for, as by a quota, is a full disk until it takes something", () => {
  const db = database(inMemory, { maxBytes: 1_000_000 });
  const space = room(db, tmpdir(), { maxBytes: 1_000_000, counted: () => 0, freesFile: () => false });
  space.refused(1_000, new SpoolError("full", "it is full", "fix", { errcode: 13 }));
  expect(space.diskFull()).toBe(false);
  space.refused(1_000, diskError(Object.assign(new Error("it is full"), { code: "EDQUOT" })));
  expect(space.diskFull()).toBe(true);
  space.claim(1_000);
  expect(space.diskFull()).toBe(false);
  db.close();
});
