import { describe, expect, it } from "vitest";
import { SendSize } from "../../src/deliver/send-size.ts";

/** Sends to a remote that takes at most so many at once; gives back how many of the sends it refused. */
function refusals(size: SendSize, most: number, sends: number): number {
  let refused = 0;
  for (let send = 0; send < sends; send++) {
    if (size.now <= most) size.grow();
    else {
      size.halve(size.now, true);
      refused++;
    }
  }
  return refused;
}

describe("the size of a send", () => {
  it("stays below what was too large, and a larger one is tried after many that were taken", () => {
    const size = new SendSize(1_000);
    expect(refusals(size, 300, 100)).toBe(2);
    expect(size.now).toBe(250);
    expect(refusals(size, 300, 10_000)).toBeLessThanOrEqual(10_000 / 200);
  });

  it("grows to its whole once what stood in the way takes more", () => {
    const size = new SendSize(1_000);
    refusals(size, 300, 100);
    expect(refusals(size, 1_000, 1_000)).toBe(0);
    expect(size.now).toBe(1_000);
  });

  it("grows back with each send that is taken where others were refused for what they held", () => {
    const size = new SendSize(100);
    size.halve(100, false);
    size.halve(50, false);
    const after = [size.now];
    for (let send = 0; send < 3; send++) {
      size.grow();
      after.push(size.now);
    }
    expect(after).toEqual([25, 50, 100, 100]);
  });

  it("grows back at once when a single event was found that is too large", () => {
    const size = new SendSize(64);
    for (let sent = 64; sent > 1; sent = size.now) size.halve(sent, true);
    size.foundTooLarge();
    for (let send = 0; send < 6; send++) size.grow();
    expect(size.now).toBe(64);
  });

  it("learns nothing for others from a few that were too large together", () => {
    const size = new SendSize(1_000);
    size.halve(2, true);
    for (let send = 0; send < 10; send++) size.grow();
    expect(size.now).toBe(1_000);
  });

  it("is at least one event", () => {
    const size = new SendSize(8);
    size.halve(1, false);
    expect(size.now).toBe(1);
    size.one();
    expect(size.now).toBe(1);
  });
});
