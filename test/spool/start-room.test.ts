import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tryRoomToStart } from "../../src/spool/start-room.ts";

// That a full disk has none is tried with one: `test/system/faults/disk.test.ts`.
it("finds room where there is some and leaves nothing, and nothing wrong where there is no state yet", () => {
  const folder = mkdtempSync(join(tmpdir(), "start-room-"));
  try {
    tryRoomToStart(folder);
    expect(readdirSync(folder)).toEqual([]);
    tryRoomToStart(join(folder, "none"));
    writeFileSync(join(folder, "file"), "");
    expect(() => tryRoomToStart(join(folder, "file"))).toThrow("the disk of state_dir failed");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
