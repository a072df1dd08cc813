import { expect, it } from "vitest";
import { VolumeAnchor } from "../../../src/source/stored-log/volume-anchor.ts";

const hour = 3_600_000;
const mega = 1024 * 1024;
const began = Date.parse("2026-08-20T00:00:00Z");
const options = { from: 0, lookback: hour, latest: began + 48 * hour, maxLine: 1000 };

const line = Buffer.from(`${"x".repeat(mega - 1)}\n`);

/** A megabyte of lines whose entries are from `ms`. */
function block(anchor: VolumeAnchor, ms: number): void {
  anchor.see(ms / 1000);
  anchor.passed(line);
}

it("stays at the beginning while everything may have a twin still", () => {
  const anchor = new VolumeAnchor(options);
  for (let at = 0; at < 20; at++) block(anchor, began + at * 60_000);
  expect(anchor.at).toBe(0);
  expect(anchor.offset).toBe(20 * mega);
});

it("moves so far that all before it is older than the lookback, and never further", () => {
  const anchor = new VolumeAnchor(options);
  for (let at = 0; at < 20; at++) block(anchor, began + at * hour);
  // The newest is of hour 19. The block of hour 17 and all before it are older; whether that holds is seen a block later.
  expect(anchor.at).toBe(17 * mega);
});

it("is held back by what is new, wherever it stands", () => {
  const anchor = new VolumeAnchor(options);
  block(anchor, began + 20 * hour);
  for (let at = 0; at < 20; at++) block(anchor, began + at * hour);
  expect(anchor.at).toBe(0);
});

it("takes no notice of a date that is still to come", () => {
  const anchor = new VolumeAnchor(options);
  block(anchor, began + 1000 * hour);
  for (let at = 0; at < 20; at++) block(anchor, began + at * hour);
  expect(anchor.at).toBe(18 * mega);
});

it("goes on from where the last read began", () => {
  const anchor = new VolumeAnchor({ ...options, from: 5 * mega });
  block(anchor, began);
  expect([anchor.at, anchor.offset]).toEqual([5 * mega, 6 * mega]);
});

it("remembers few places of a volume, however long it is", () => {
  const anchor = new VolumeAnchor(options);
  for (let at = 0; at < 5000; at++) block(anchor, began + at * 10_000);
  expect(anchor.at).toBeGreaterThan(0);
  expect(anchor.places).toBeLessThan(2000);
});
