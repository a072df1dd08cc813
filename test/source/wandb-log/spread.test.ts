import { describe, expect, it } from "vitest";
import { Spread, slotMs } from "../../../src/source/wandb-log/spread.ts";

const slot = 3_000_000;
const begins = (number: number) => (number * slotMs) / 1000;

describe("a spread of entries", () => {
  it("counts them by ten minutes, and those outside its span together", () => {
    const spread = new Spread({ from: slot * slotMs, to: (slot + 3) * slotMs });
    for (const seconds of [
      begins(slot),
      begins(slot + 1) - 1,
      begins(slot + 2),
      0,
      begins(slot + 3),
      1e15,
      -5,
    ])
      spread.see(seconds);
    expect(spread.counts()).toEqual({ first: slot, most: [2, 0, 1] });
    expect(spread.outside).toBe(4);
  });

  it("leaves open whether entries on two pages are the same", () => {
    const spread = new Spread({ from: slot * slotMs, to: (slot + 2) * slotMs });
    spread.see(begins(slot));
    spread.see(begins(slot + 1));
    spread.see(begins(slot + 1));
    spread.nextPage();
    spread.see(begins(slot + 1));
    expect(spread.counts()).toEqual({ first: slot, most: [1, 3], least: [1, 2] });
  });
});
