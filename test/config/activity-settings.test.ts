import { expect, it } from "vitest";
import { activitySettings } from "../../src/config/activity-settings.ts";
import { dayMs } from "../fake/records.ts";

it("counts unless it is switched off, for 800 days, and decides about names by redaction", () => {
  const usual = { count: true, names: undefined, keep: 800 * dayMs };
  expect(activitySettings.parse(undefined)).toEqual(usual);
  expect(activitySettings.parse(true)).toEqual(usual);
  expect(activitySettings.parse(false)).toEqual({ ...usual, count: false });
  expect(activitySettings.parse({ names: false, keep: "30d" })).toEqual({
    ...{ count: true, names: false, keep: 30 * dayMs },
  });
  expect(() => activitySettings.parse({ keep: "1d" })).toThrow();
});
