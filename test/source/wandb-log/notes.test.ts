import { describe, expect, it } from "vitest";
import { parseEntry } from "../../../src/record/parse-entry.ts";
import type { RawRecord } from "../../../src/record/record.ts";
import { noted, notesOf } from "../../../src/source/wandb-log/notes.ts";

const noon = Date.parse("2026-08-20T12:00:00Z") / 1000;

function at(time: string, more: Partial<RawRecord> = {}): RawRecord {
  const bytes = Buffer.from(JSON.stringify({ timestamp: time, action: "user:login" }));
  const entry = parseEntry(bytes);
  return { bytes, ...(entry && { entry }), ...more };
}

describe("notes of a passage", () => {
  it("say how many entries there are, from when to when, and how many in each ten minutes", () => {
    const notes = notesOf(
      ["12:09:59.5", "12:00:00", "12:10:00", "11:59:59", "12:01:00"].map((time) => at(`2026-08-20T${time}Z`)),
    );
    expect(noted(Uint32Array.from(notes ?? []))).toEqual({
      entries: 5,
      oldest: noon - 1,
      newest: noon + 600,
      slots: [
        [noon, 3],
        [noon + 600, 1],
        [noon - 600, 1],
      ],
    });
  });

  it("are none where a record is no dated entry of the log, stands on a later page, or there is none", () => {
    const good = at("2026-08-20T12:00:00Z");
    expect(notesOf([good])).toBeDefined();
    expect(notesOf([])).toBeUndefined();
    for (const other of [
      at("yesterday"),
      at("2016-12-31T23:59:59Z"),
      at("2150-01-01T00:00:00Z"),
      at("2026-08-20T12:00:00Z", { page: 1 }),
      { bytes: Buffer.from("x"), fault: "not_json" },
    ])
      expect(notesOf([good, other])).toBeUndefined();
  });
});
