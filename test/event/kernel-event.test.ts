import fc from "fast-check";
import { expect, it } from "vitest";
import { layUid } from "../../src/event/kernel-event.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { kernelBytes } from "../../src/kernel/kernel.ts";
import { isHarmless } from "../../src/text/harmless.ts";
import { origin } from "../format/arbitrary-event.ts";

const [before, behind] = ['{"timestamp":"2026-08-01T13:12:14Z","action":"user:login","entity_name":"', '"}'];
/** Where a character, or a kind of characters, ends, and where UTF-8 does. */
const edges = [
  0x20, 0x41, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xd8, 0xdf, 0xe0, 0xe2,
];
const byte = fc.oneof(
  fc.constantFrom(
    ...edges,
    0x81,
    0x8d,
    0x8e,
    0xa6,
    0xa8,
    0xa9,
    0xae,
    0xaf,
    0xed,
    0xef,
    0xf0,
    0xf3,
    0xf4,
    0xf5,
  ),
  fc.integer({ min: 0x80, max: 0xff }),
);
const character = fc.oneof(
  fc.constantFrom("\u009f", "\u061c", "\u200d", "\u200e", "\u200f", "\u2028", "\u202e", "\u202f", "\u2066"),
  fc.constantFrom("\u2065", "\u2069", "\u206a", "é", "€", "😀", "\u{10ffff}", "\u00a0"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
);
const values = fc.oneof(
  fc.array(byte, { maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.array(character, { maxLength: 8 }).map((all) => Buffer.from(all.join("").replace(/["\\\p{Cc}]/gu, ""))),
);

it("finds the same values harmless as whoever formats them", () => {
  const regular = new RegularEvent();
  let [good, bad] = [0, 0];
  fc.assert(
    fc.property(values, (value) => {
      const bytes = Buffer.concat([Buffer.from(before), value, Buffer.from(behind)]);
      const observed = { seconds: 1_785_592_800, nanos: 0 };
      const record = { seq: 1, source: "prod", uid: "0".repeat(32), day: 0, bytes, late: false, observed };
      const harmless = isHarmless(value, 0, value.length);
      if (harmless) good += 1;
      else bad += 1;
      expect(regular.read(record, origin)).toBe(harmless);
    }),
    { numRuns: 5_000 },
  );
  expect(Math.min(good, bad)).toBeGreaterThan(500);
});

it("lays 32 hexadecimal digits as 16 bytes, and nothing else", () => {
  const uid = "00ff0123456789abcdef0123456789ab";
  const at = layUid(uid);
  expect(kernelBytes.toString("hex", at, at + 16)).toBe(uid);
  for (const other of ["", uid.slice(1), `${uid}0`, uid.toUpperCase(), uid.replace("f", "g")])
    expect(layUid(other), other).toBe(-1);
});
