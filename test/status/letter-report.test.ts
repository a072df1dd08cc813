import { expect, it } from "vitest";
import { letterFilter, letterQuery, letterReport } from "../../src/status/letter-report.ts";

it("a query says which dead letters are meant, and is understood as that", () => {
  const filter = { output: "siem & co", reason: "bad_event", day: -1, uid: "0f", before: 5 };
  const after = { output: "a b", seq: 7 };
  expect(letterFilter(letterQuery(filter, after))).toEqual({ filter, after });
  expect(letterFilter(letterQuery({}))).toEqual({ filter: {} });
  expect(letterQuery({}).toString()).toBe("");
});

it.each(["day=today", "before=1e3", "after_seq=1;2", "limit=5", "outputs=siem", "day=12345678901234567"])(
  "%s is no query of ours",
  (text) => {
    expect(letterFilter(new URLSearchParams(text))).toBeUndefined();
  },
);

it("a dead letter is told with its record whole", () => {
  const bytes = Buffer.from([0xff, 0x00, 0x7b]);
  const letter = { output: "siem", seq: 3, uid: "0f", source: "prod", day: 20_666, reason: "bad_event" };
  expect(letterReport({ ...letter, detail: "no", at: 0, bytes })).toEqual({
    ...letter,
    day: "2026-08-01",
    detail: "no",
    given_up: "1970-01-01T00:00:00.000Z",
    record_base64: "/wB7",
  });
});
