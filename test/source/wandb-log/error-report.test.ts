import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/record/entry.ts";
import { parseEntry } from "../../../src/record/parse-entry.ts";
import { likenessOf, saysFailure } from "../../../src/source/wandb-log/error-report.ts";

const likeness = (text: string) => likenessOf(parseEntry(Buffer.from(text)) as Entry);

describe("likenessOf", () => {
  it.each([
    ['{"timestamp":"2026-08-20T11:00:00Z","action":"project:read"}', "record"],
    ['{"timestamp":"2026-08-20T11:00:00Z"}', "record"],
    ['{"action":"project:read","error":"x"}', "record"],
    ['{"\\u0061ction":"project:read"}', "record"],
    ['{"timestamp":"2026-08-20T11:00:00Z","status":500,"error":"x"}', "error"],
    ['{"Message":"x"}', "error"],
    ['{"action":"","message":"x"}', "error"],
    ['{"action":null}', "doubtful"],
    ['{"timestamp":"soon"}', "doubtful"],
    ['{"timestamp":1755687600}', "doubtful"],
    ["{}", "doubtful"],
  ])("takes %s for: %s", (text, expected) => {
    expect(likeness(text)).toBe(expected);
  });
});

describe("saysFailure", () => {
  it("hears less beside entries", () => {
    expect(saysFailure({ message: "x" }, false)).toBe(true);
    expect(saysFailure({ message: "x" }, true)).toBe(false);
    expect(saysFailure({ Error: "x" }, true)).toBe(true);
    expect(saysFailure({ success: false }, true)).toBe(true);
  });

  it("takes an empty word for none", () => {
    for (const nothing of [null, "", false, [], {}])
      expect(saysFailure({ error: nothing }, false)).toBe(false);
    expect(saysFailure({ ok: true, success: "yes" }, false)).toBe(false);
  });
});
