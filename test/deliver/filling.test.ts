import { expect, it } from "vitest";
import { Filling } from "../../src/deliver/filling.ts";
import { ManualClock } from "../fake/manual-clock.ts";
import { batchOf, spooled } from "./spooled.ts";

it("waits for so long since the first look, and anew once a batch has gone", () => {
  const clock = new ManualClock(0);
  const filling = new Filling(clock, 500, false);
  const batch = batchOf(spooled(1));
  expect(filling.restMs(batch)).toBe(500);
  clock.advance(400);
  expect(filling.restMs(batch)).toBe(100);
  clock.advance(400);
  expect(filling.restMs(batch)).toBe(0);
  filling.over();
  expect(filling.restMs(batch)).toBe(500);
});

it("does not wait with a full one", () => {
  const filling = new Filling(new ManualClock(0), 500, false);
  expect(filling.restMs(batchOf(spooled(2), { events: 2, bytes: 1e6 }))).toBe(0);
});

it("waits by the age of its first record where that is asked for, so that a restart does not begin anew", () => {
  const clock = new ManualClock(5_000);
  const batch = batchOf(spooled(1));
  expect(new Filling(clock, 60_000, true).restMs(batch)).toBe(55_000);
  expect(new Filling(clock, 4_000, true).restMs(batch)).toBe(0);
});

it("does not wait once it is to end, and the next one waits again", () => {
  const filling = new Filling(new ManualClock(0), 500, false);
  const batch = batchOf(spooled(1));
  expect(filling.restMs(batch)).toBe(500);
  filling.end();
  expect(filling.restMs(batch)).toBe(0);
  filling.over();
  expect(filling.restMs(batch)).toBe(500);
});
