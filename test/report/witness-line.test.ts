import { expect, it } from "vitest";
import { isOfWitness, witnessLine } from "../../src/report/witness-line.ts";

const of = { source: "archive", day: "2026-08-01" } as const;

it("says what differs, and which records an operator can look for", () => {
  const differs = { type: "witness_differs", ...of, missing: 2, extra: 0, uids: ["ab".repeat(16)] } as const;
  const one = witnessLine(differs);
  expect(one).toMatchObject({ level: "warn", fields: { ...of, missing: 2, uids: ["ab".repeat(16)] } });
  expect(one.msg).toContain("witness archive: 2026-08-01 differs: it was shown 2 records that no other");
  const both = witnessLine({ ...differs, extra: 1 });
  expect(both.msg).toContain("that no other source has, and it was not shown 1 record that others have");
  expect(witnessLine({ type: "witness_agrees", ...of })).toMatchObject({ level: "info", fields: of });
});

it("tells of a day that was compared only who wants to know everything", () => {
  const day = witnessLine({ type: "witness_day", ...of, fetched: 9, missing: 1, extra: 0, seconds: 2 });
  expect([day.level, day.msg]).toEqual(["debug", expect.stringContaining("9 records, 1 missing, 0 extra")]);
});

it("says when a day that could not be compared is tried again", () => {
  const failed = { type: "witness_failed", ...of, message: "it was cut" } as const;
  const again = witnessLine({ ...failed, passed: false, reason: "cut_body", fix: "wait" });
  expect(again.msg).toMatch(/it was cut \(cut_body\)\. Fix: wait.*next poll/);
  expect(witnessLine({ ...failed, passed: true }).msg).toContain("tried again tomorrow");
  expect([isOfWitness(failed), isOfWitness({ type: "poll_done" })]).toEqual([true, false]);
});
