import { expect, it } from "vitest";
import { archiveLine, isOfArchive } from "../../src/report/archive-line.ts";

const counts = { files: 12, days: 1 };
const attested = { type: "archive_attested", output: "store", manifest: 3, hash: "ab", ...counts } as const;

it("says which manifest an archive has, and warns where it goes on from the archive", () => {
  expect(archiveLine(attested)).toMatchObject({
    level: "info",
    msg: "archive store has manifest 3, which names 12 files and 1 day",
    fields: { output: "store", manifest: 3, hash: "ab", files: 12, days: 1 },
  });
  expect(archiveLine({ ...attested, recovered: "it was ahead" })).toMatchObject({
    level: "warn",
    msg: "archive store has manifest 3, which names 12 files and 1 day; it goes on from the archive: it was ahead",
    fields: { recovered: "it was ahead" },
  });
});

it("names what to do where an archive was changed, or gets no manifest", () => {
  const changed = archiveLine({ type: "archive_differs", output: "store", detail: "manifest 2 is gone" });
  expect([changed.level, changed.msg]).toEqual([
    "error",
    "archive store was changed: manifest 2 is gone. Fix: run `archive verify`, and see docs/audit.md",
  ]);
  const failed = { type: "archive_attest_failed", output: "store", detail: "403" } as const;
  expect(archiveLine(failed).msg).toBe("archive store gets no manifest: 403. It is tried again");
  expect(archiveLine({ ...failed, fix: "allow it" })).toMatchObject({
    msg: "archive store gets no manifest: 403. Fix: allow it. It is tried again",
    fields: { fix: "allow it" },
  });
});

it("knows its reports", () => {
  expect([attested, { type: "delivered" }].map(isOfArchive)).toEqual([true, false]);
});
