import { expect, it } from "vitest";
import { replacedStatus, replacedText } from "../../src/spool/replaced-state.ts";

const at = Date.parse("2026-08-12T01:00:00Z");
const from = Date.parse("2026-08-10T01:00:00Z");

it("says of an older state what it does not know, as far as anybody does", () => {
  expect(replacedText(replacedStatus({ found: "older", at, from, seenAt: at }))).toBe(
    "the state was found to be older at 2026-08-12T01:00:00.000Z than the last run, seen until 2026-08-12T01:00:00.000Z, had left it: a backup or an older copy was put here; what was delivered, given up or dropped between 2026-08-10T01:00:00.000Z and that is not known here",
  );
  expect(replacedText(replacedStatus({ found: "older", at, from: null, seenAt: null }))).toMatch(
    /than the last run had left it: .* dropped before that is not known here$/,
  );
});

it("does not call a copy a restored one", () => {
  const text = replacedText(replacedStatus({ found: "copied", at, from, seenAt: null }));
  expect(text).toContain(
    "moved to another disk, copied, or restored from a backup, which nobody can tell here",
  );
  expect(text).toContain("if restored, what was delivered");
});
