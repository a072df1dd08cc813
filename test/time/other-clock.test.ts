import { expect, it } from "vitest";
import { OtherClock } from "../../src/time/other-clock.ts";

it("tells moments of another thread's clock by ours, as exactly as the quickest message shows", () => {
  let now = 1000;
  const other = new OtherClock({ monotonic: () => now });
  // It began at 900 of ours; the first message is on its way for 50.
  other.heard(50);
  expect(other.byOurs(50)).toBe(1000);
  now = 1100;
  other.heard(199);
  expect(other.byOurs(199)).toBe(1100);
  now = 2000;
  other.heard(500);
  expect(other.byOurs(500)).toBe(1401);
  expect(other.byOurs(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
