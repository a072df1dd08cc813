import { expect, it } from "vitest";
import { SourceError } from "../../../src/source/source.ts";
import { frameFacts } from "../../../src/source/wandb-log/frame.ts";

const facts = (frame: Record<string, unknown>, shown = 0) => frameFacts(frame, shown, (text) => text);

it("reads cursor and range", () => {
  expect(
    facts({
      audit_logs: [],
      next_cursor: "c",
      range_start_time: "2026-08-20T00:00:00Z",
      range_end_time: "2026-08-21T00:00:00Z",
    }),
  ).toEqual({
    next: "c",
    range: { from: Date.parse("2026-08-20T00:00:00Z"), to: Date.parse("2026-08-21T00:00:00Z") },
  });
});

it("takes the last page's cursor in every form", () => {
  for (const next_cursor of [null, "", undefined])
    expect(facts({ audit_logs: [], next_cursor }).next).toBe(undefined);
});

it.each([
  [{ audit_logs: [], count: 2 }, "count_mismatch"],
  [{ audit_logs: [], next_cursor: { at: 2 } }, "count_mismatch"],
  [{ audit_logs: 0 }, "server_error"],
  [{ audit_logs: null, detail: "x" }, "server_error"],
])("does not believe %j", (frame, reason) => {
  expect(() => facts(frame)).toThrow(expect.objectContaining({ reason }));
});

it("knows nothing of a bare array", () => {
  expect(frameFacts([] as never, 5, (text) => text)).toEqual({ next: undefined, range: undefined });
});

it("never throws anything else, whatever stands in it", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  for (const value of [deep, { toString: 1 }, 5, null]) {
    expect(facts({ audit_logs: [], range_start_time: value, range_end_time: value })).toEqual({
      next: undefined,
      range: undefined,
    });
    for (const frame of [
      { audit_logs: "x", value },
      { audit_logs: [], next_cursor: { value } },
    ])
      expect(() => facts(frame)).toThrow(SourceError);
  }
  expect(() => facts({ audit_logs: [], error: deep })).toThrow(SourceError);
});
