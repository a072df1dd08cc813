import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { diskError } from "../../../src/spool/disk-error.ts";
import { SpoolError } from "../../../src/spool/spool-error.ts";
import { database, inMemory } from "../../../src/spool/sqlite/database.ts";
import { room } from "../../../src/spool/sqlite/room.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

function made() {
  const db = database(inMemory, { maxBytes: 1_000_000 });
  const clock = new ManualClock(0);
  const options = { clock, maxBytes: 1_000_000, counted: () => 0, freesFile: () => false };
  const space = room(db, tmpdir(), options);
  const refuse = (code: string) =>
    space.refused(1_000, diskError(Object.assign(new Error("it is full"), { code })));
  return { db, clock, space, refuse };
}

it("a system that refuses what there seems to be room for, as by a quota, is a full disk until it takes something", () => {
  const { db, clock, space, refuse } = made();
  space.refused(1_000, new SpoolError("full", "it is full", "fix", { errcode: 13 }));
  expect([space.diskFull(), space.full()]).toEqual([false, false]);
  refuse("EDQUOT");
  expect([space.diskFull(), space.full()]).toEqual([true, true]);
  expect(() => space.claim(1_000)).toThrow("the disk of state_dir is full");
  clock.advance(2_000);
  space.claim(1_000);
  expect(space.diskFull()).toBe(false);
  db.close();
});

it("a quota that refuses again and again is tried more and more slowly, at least once a minute, and anew once it has taken something", () => {
  const { db, clock, space, refuse } = made();
  const waits = () => {
    for (let ms = 0; ; ms += 1_000, clock.advance(1_000)) if (!space.full()) return ms;
  };
  const refusedAgain = () => {
    space.claim(1_000);
    refuse("EDQUOT");
    return waits();
  };
  expect([1, 2, 3, 4, 5, 6, 7].map(refusedAgain)).toEqual([2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
  space.claim(1_000);
  expect(refusedAgain()).toBe(2_000);
  db.close();
});
