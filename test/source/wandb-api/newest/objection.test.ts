import { describe, expect, it } from "vitest";
import { objection, provesHours } from "../../../../src/source/wandb-api/newest/objection.ts";
import { slotMs } from "../../../../src/source/wandb-log/spread.ts";
import { noon } from "../reading.ts";

const first = noon / slotMs;
const asked = { from: noon, to: noon + 6 * slotMs };
const now = noon + 6 * slotMs;
const known = { first: first - 1, most: [9, 5, 5, 5, 5], least: [9, 5, 4, 5, 5] };
const answer = {
  answers: "envelope",
  range: asked,
  slots: { first, most: [5, 5, 5, 5, 5, 5] },
  outside: 0,
} as const;
const said = (changes: Partial<Parameters<typeof objection>[1]>) =>
  objection(asked, { ...answer, ...changes }, known, now);

describe("an answer for hours", () => {
  it("is believed when it names them, and holds what was known of them and nothing else", () => {
    expect(said({})).toBeUndefined();
    expect(said({ slots: { first, most: [7, 4, 5, 0, 0, 0] } })).toBeUndefined();
  });

  it.each([
    ["NDJSON", { answers: "ndjson" as const }],
    ["no range", { range: undefined }],
    ["when asked for", { range: { from: asked.from - 1000, to: asked.to } }],
    ["when asked for", { range: { from: asked.from, to: asked.to - 1000 } }],
    ["1 record of other times", { outside: 1 }],
    ["lacks 1 record that", { slots: { first, most: [4, 5, 5, 5, 5, 5] } }],
    ["lacks 5 records that", { slots: { first: first + 1, most: [5, 5, 5, 5, 5] } }],
  ])("is not where it says or shows something else: %s", (text, changes) => {
    expect(said(changes as never)).toContain(text);
  });

  it("proves that they are understood where it has entries, and the day had some before", () => {
    expect(provesHours(asked, answer.slots, known)).toBe(true);
    expect(provesHours(asked, { first, most: [0, 0] }, known)).toBe(false);
    expect(provesHours(asked, answer.slots, { first, most: [5, 5] })).toBe(false);
    // Those were of the day before.
    const midnight = { from: noon + 12 * 3_600_000, to: noon + 13 * 3_600_000 };
    const before = { first: midnight.from / slotMs - 1, most: [9, 9] };
    expect(provesHours(midnight, { first: midnight.from / slotMs, most: [1] }, before)).toBe(false);
  });
});
