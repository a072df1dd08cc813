import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTimestamp } from "../../src/record/timestamp.ts";

describe("parseTimestamp", () => {
  test("agrees with Date on every time that Date can write", () => {
    const last = Date.UTC(2262, 3, 11, 23, 47, 16);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: last }), (ms) => {
        const seconds = Math.floor(ms / 1000);
        expect(parseTimestamp(new Date(ms).toISOString())).toEqual({
          seconds,
          nanos: (ms - seconds * 1000) * 1_000_000,
        });
      }),
    );
  });

  test("agrees with Date about which dates exist", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1970, max: 2261 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
        const date = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(parseTimestamp(`${text}T00:00:00Z`)?.seconds).toBe(exists ? date.getTime() / 1000 : undefined);
      }),
    );
  });

  test.each([
    ["2026-08-01T13:12:14Z", 1_785_589_934, 0],
    ["2026-08-01t13:12:14z", 1_785_589_934, 0],
    ["2026-08-01 13:12:14", 1_785_589_934, 0],
    ["2026-08-01T16:05:07.123456789+02:00", 1_785_593_107, 123_456_789],
    ["2026-08-01T09:35:07,5-0430", 1_785_593_107, 500_000_000],
    ["2026-08-01T13:12:14.1234567899999Z", 1_785_589_934, 123_456_789],
    ["2016-12-31T23:59:60Z", 1_483_228_799, 999_999_999],
    ["2016-12-31T23:59:60.2Z", 1_483_228_799, 999_999_999],
    ["1970-01-01T00:00:00Z", 0, 0],
    ["1969-12-31T23:30:00-01:00", 1800, 0],
    ["2262-04-11T23:47:16.854775807Z", 9_223_372_036, 854_775_807],
  ])("TM-LEAP reads %s", (text, seconds, nanos) => {
    expect(parseTimestamp(text)).toEqual({ seconds, nanos });
  });

  test.each([
    "",
    "2026-08-01",
    "2026-08-01T13:12Z",
    "2026-08-01T13:12:14.Z",
    "2026-08-01T13:12:14.",
    "2026-08-01T13:12:14+2",
    "2026-08-01T13:12:14+02:0",
    "2026-08-01T13:12:14+24:00",
    "2026-08-01T13:12:14ZZ",
    "2026-08-01T13:12:14Z ",
    " 2026-08-01T13:12:14Z",
    "2026-08-01T24:00:00Z",
    "2026-08-01T13:60:00Z",
    "2026-08-01T13:12:61Z",
    "2026-02-29T00:00:00Z",
    "2026-8-01T13:12:14Z.",
    "20x6-08-01T13:12:14Z",
    "1969-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
    "2262-04-11T23:47:16.854775808Z",
    "2300-01-01T00:00:00Z",
    "２026-08-01T13:12:14Z",
  ])("refuses %j", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test("never throws", () => {
    const near = fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}[.,]?[0-9]{0,12}[Zz+-]?[0-9:]{0,5}$/,
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const time = parseTimestamp(text);
        if (time !== undefined) {
          expect(Number.isSafeInteger(time.seconds) && time.seconds >= 0).toBe(true);
          expect(Number.isInteger(time.nanos) && time.nanos >= 0 && time.nanos < 1e9).toBe(true);
        }
      }),
    );
  });
});

test("does not take a time for the one before it, wherever they differ", () => {
  const fresh = (text: string) => {
    parseTimestamp("1999-09-09T09:09:09Z");
    return parseTimestamp(text);
  };
  for (const text of [
    "2026-08-01T13:12:14Z",
    "2026-08-01T13:12:14.250Z",
    "2026-08-01 13:12:14",
    "12",
    "2026",
  ])
    for (let at = 0; at < text.length; at++)
      for (const other of "09ZT") {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        const wanted = [fresh(text), fresh(changed)];
        expect([fresh(text), parseTimestamp(changed)], `${text} ${changed}`).toEqual(wanted);
      }
});
