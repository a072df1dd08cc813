import { expect, it } from "vitest";
import type { VerifiedDay } from "../../src/command/verified-day.ts";
import { isWhole, verifyText } from "../../src/command/verify-text.ts";

const shown = { records: 4, identities: 3, digest: "ab".repeat(32) };
const nothing = { records: 0, named: [] };
const day: VerifiedDay = {
  ...{ source: "prod", instance: "acme", day: "2026-08-01", over: true, shown },
  ...{ lack: null, known: 4 },
  closed: { ...shown, closings: 1, at: "2026-08-08T00:20:00.000Z", reopened: false },
  ...{ same_digest: true, missing: nothing, extra: nothing, altered: [], against: null, exported: null },
  archived: null,
};
const closed = day.closed as NonNullable<VerifiedDay["closed"]>;
const other = { source: "bucket", shown, lack: null, missing: nothing, extra: nothing };
const exported = { lines: 4, uids: 4, missing: 0, unknown: 0, missingUids: [], unknownUids: [] };
const archived = { output: "vault", files: 2, ...exported };

it("says that nothing is missing", () => {
  expect(verifyText({ ...day, against: other, exported, archived })).toBe(
    [
      `prod (acme), 2026-08-01: 4 records shown now, digest ${shown.digest}`,
      "  closed 2026-08-08 00:20 with 4 records: the digest is the same",
      "  the ledger knows 4 records",
      `  bucket: 4 records shown, digest ${shown.digest}, the same as prod's`,
      "  exported: 4 uids",
      "  vault: 4 uids archived in 2 files of the day",
      "nothing is missing",
    ].join("\n"),
  );
});

it("is not whole where anything that was asked for differs", () => {
  const named = { records: 1, named: [{ uid: "cd".repeat(16), count: 1, time: null, action: null }] };
  const others: Partial<VerifiedDay>[] = [
    { lack: "it was cut" },
    { over: false, missing: named },
    { missing: named },
    { extra: named },
    { known: null, same_digest: false },
    { known: null, same_digest: false, closed: { ...closed, reopened: true } },
    // The ledger and the source agree, and the closing said otherwise.
    { same_digest: false },
    { against: { ...other, lack: "it was cut" } },
    { against: { ...other, missing: named } },
    { against: { ...other, extra: named } },
    { exported: { ...exported, missing: 1 } },
    { archived: { ...archived, missing: 1 } },
    { archived: { ...archived, unknown: 1 } },
    { exported: { ...exported, unknown: 1 } },
  ];
  for (const each of others) {
    expect([each, isWhole({ ...day, ...each })]).toEqual([each, false]);
    expect(verifyText({ ...day, ...each })).toMatch(/this differs$/);
  }
  // Something came late, and is known: the day settles.
  const late = { ...day, same_digest: false, closed: { ...closed, reopened: true } };
  expect(isWhole(late)).toBe(true);
  expect(verifyText(late)).toContain(
    "; something of it was kept since, or the clock was ahead: it is closed once more",
  );
  expect(verifyText({ ...day, same_digest: false })).toContain(
    `${shown.digest}; nothing of it was kept since`,
  );
  expect(isWhole({ ...day, known: null })).toBe(true);
});

it("says what alone can tell where the ledger has forgotten, or knew nothing", () => {
  expect(verifyText({ ...day, known: null })).toContain(
    "so the digest alone tells: nothing was added, removed or changed since",
  );
  expect(verifyText({ ...day, known: null, same_digest: false })).toContain("what that was cannot be told");
  expect(verifyText({ ...day, known: null, closed: null, same_digest: null })).toContain(
    "it was never closed\n  the ledger knows nothing of it",
  );
  const empty = { ...closed, records: 0, closings: 3 };
  expect(verifyText({ ...day, known: null, closed: empty })).toContain(
    ", for the 3. time with 0 records: the digest is the same\n  there was nothing, and there is nothing",
  );
  expect(verifyText({ ...day, known: null, closed: empty, same_digest: false })).toContain(
    "nothing of it was kept since\n  there was nothing, and there is something",
  );
});

it("names ten, and says how many more there are", () => {
  const named = Array.from({ length: 12 }, (_, at) => ({
    ...{ uid: String(at).padStart(32, "0"), count: at === 0 ? 2 : 1, time: "2026-08-01T01:00:00Z" },
    action: "run:read",
  }));
  const text = verifyText({ ...day, missing: { records: 40, named } });
  expect(text).toContain(`    ${"0".repeat(32)} (2 of it)  2026-08-01T01:00:00Z run:read\n`);
  expect(text).toContain("    and 29 more");
  const uids = Array.from({ length: 12 }, (_, at) => String(at).padStart(32, "0"));
  const some = { ...exported, lines: 6, missing: 12, missingUids: uids };
  expect(verifyText({ ...day, exported: some })).toContain("    and 2 more");
  expect(verifyText({ ...day, exported: some })).toContain(
    "4 uids, and 2 lines with one that was there before (sent again)",
  );
});

it("says what stands in place of what", () => {
  const altered = [{ was: "a".repeat(32), is: "b".repeat(32), keys: ["actor_user_id", "run_asset"] }];
  expect(verifyText({ ...day, altered })).toContain(
    `altered: ${"a".repeat(32)} is ${"b".repeat(32)} now, in actor_user_id, run_asset`,
  );
});
