import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/event/event.ts";
import { eventWith } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";
import { cef } from "./texts.ts";

function dataOf(unmapped: AuditEvent["unmapped"]): string {
  return readCef(cef(eventWith({ unmapped }))).extension.get("cs6") ?? "";
}

describe("additional data in CEF", () => {
  test("keeps whole members of what has no key, in order, while 4,000 code points hold them", () => {
    const unmapped = Array.from(
      { length: 60 },
      (_, at) => [`k${String(at).padStart(2, "0")}`, JSON.stringify("🧪=\\".repeat(30))] as const,
    );
    const cs6 = dataOf(unmapped);
    const members = JSON.parse(cs6) as Record<string, unknown>;
    expect([...cs6].length).toBeLessThanOrEqual(4000);
    const kept = Object.keys(members).length - 1;
    expect(members._omitted).toBe(60 - kept);
    expect(Object.keys(members).slice(0, kept)).toEqual(unmapped.slice(0, kept).map(([key]) => key));
    expect([...cs6].length + JSON.stringify(unmapped[0]).length).toBeGreaterThan(4000);
    expect(JSON.parse(dataOf([["a", `"${"x".repeat(5000)}"`]]))).toEqual({ _omitted: 1 });
  });

  test("holds 4,000 code points of additional data without leaving anything out", () => {
    const whole = (length: number) => dataOf([["a", `"${"x".repeat(length)}"`]]);
    expect([...whole(4000 - 8)]).toHaveLength(4000);
    expect(whole(4000 - 8)).not.toContain("_omitted");
    expect(whole(4000 - 7)).toContain("_omitted");
  });
});
