import { describe, expect, it } from "vitest";
import { type Start, sameStart, start, startMoment } from "../../src/schema/start.ts";

const now = Date.parse("2026-08-20T12:00:00Z");
const day = 86_400_000;

describe("start", () => {
  it("is a moment as soon as there is a first read", () => {
    expect(startMoment(start.parse("7d"), now)).toBe(now - 7 * day);
    expect(startMoment(start.parse("now"), now)).toBe(now);
    expect(startMoment(start.parse("2026-08-01"), now)).toBe(Date.parse("2026-08-01T00:00:00Z"));
  });

  it("is the same however it is written, and another when it says something else", () => {
    const groups: readonly (readonly string[])[] = [
      ["7d", "168h"],
      ["1d"],
      ["now"],
      ["2026-08-01", "2026-08-01T02:00:00+02:00"],
      ["2026-08-02"],
    ];
    const written = groups.flatMap((texts, group) =>
      texts.map((text) => ({ group, start: start.parse(text) })),
    );
    for (const one of written)
      for (const other of written)
        expect(sameStart(one.start, other.start), JSON.stringify([one, other])).toBe(
          one.group === other.group,
        );
  });

  it("is no moment and no duration at once", () => {
    const both: Start[] = [{ back: 5 }, { at: 5 }];
    expect(sameStart(both[0] as Start, both[1] as Start)).toBe(false);
  });
});
