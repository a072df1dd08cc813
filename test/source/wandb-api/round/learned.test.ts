import { describe, expect, it } from "vitest";
import {
  learn,
  learnedTexts,
  stillKnown,
  withoutLimits,
} from "../../../../src/source/wandb-api/round/learned.ts";
import { noon } from "../reading.ts";

const day = 86_400_000;
const limits = learn({}, { startDate: "ignored", limit: "refused", maxDays: 7 }, noon);

describe("what was learned of a server", () => {
  it("counts for a day where it limits what is asked for", () => {
    expect(stillKnown(limits, noon + day - 1)).toMatchObject({
      startDate: "ignored",
      limit: "refused",
      maxDays: 7,
    });
    const later = stillKnown(limits, noon + day);
    expect([later.startDate, later.limit, later.maxDays]).toEqual([undefined, undefined, undefined]);
    expect(later.ignoredBefore).toBe(true);
  });

  it("counts until an answer says otherwise where it opens more", () => {
    const open = learn({}, { startDate: "honoured", limit: "accepted" }, noon);
    expect(stillKnown(open, noon + 100 * day)).toMatchObject({ startDate: "honoured", limit: "accepted" });
  });

  it("does not count when a clock that was wrong wrote it, or nobody says when", () => {
    expect(stillKnown(limits, noon - 2 * 60_000).maxDays).toBeUndefined();
    expect(stillKnown({ startDate: "ignored", limit: "refused", maxDays: 7 }, noon)).toEqual({
      ignoredBefore: true,
    });
  });

  it("is never a window that cannot be asked for", () => {
    for (const maxDays of [-1, 0, 1.5, Number.NaN]) {
      expect(learn({}, { maxDays }, noon).maxDays).toBeUndefined();
      expect(stillKnown({ maxDays, seen: { maxDays: noon } }, noon).maxDays).toBeUndefined();
    }
  });

  it("can be set aside as far as it limits", () => {
    const kept = withoutLimits({ ...limits, answers: "ndjson" });
    expect([kept.startDate, kept.maxDays, kept.answers]).toEqual([undefined, undefined, "ndjson"]);
    expect(withoutLimits({ startDate: "honoured" }).startDate).toBe("honoured");
  });

  it("is told in words, with its time", () => {
    expect(learnedTexts({})).toEqual([]);
    expect(learnedTexts({ ...limits, answers: "envelope", cut: { first: 20_000, on: 20_007 } })).toEqual([
      "answers with the JSON envelope",
      "startDate is ignored (seen 2026-08-20T12:00Z, tried again a day later)",
      "limit is refused (seen 2026-08-20T12:00Z, tried again a day later)",
      "at most 7 days in one answer (seen 2026-08-20T12:00Z, tried again a day later)",
      "either the log begins on 2024-10-04, or answers are cut to seven days: known a day later",
    ]);
  });
});
