import { expect, it } from "vitest";
import { keep, record } from "../../fake/records.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

it("a state of the version before is taken over with the checksums that it has", () => {
  const state = new SpoolDirectory();
  try {
    const bytes = Buffer.alloc(1024, "x");
    const many = Array.from({ length: 300 }, (_, at) => ({ ...record(`r${at}`), bytes }));
    keep(state.open(), "prod", many);
    state.close();
    state.inDatabase((db) => {
      const [chunk] = db.prepare("SELECT crc, size FROM chunk WHERE segment IS NOT NULL").all();
      expect(chunk).toMatchObject({ crc: expect.any(Number), size: expect.any(Number) });
      expect(Number(chunk?.crc)).toBeGreaterThan(2 ** 48);
      db.exec("PRAGMA user_version = 17");
    });
    expect(state.open().replaced()).toEqual([]);
    expect(state.damage).toEqual([]);
    state.close();
    state.inDatabase((db) => {
      expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: 18 });
    });
  } finally {
    state.remove();
  }
});
