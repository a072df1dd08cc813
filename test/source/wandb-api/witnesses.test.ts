import { describe, expect, it } from "vitest";
import type { WindowRequest } from "../../../src/source/wandb-api/round/schedule.ts";
import { clocksDisagree, witnessedSkew } from "../../../src/source/wandb-api/witnesses.ts";
import { noon, today } from "./reading.ts";

const day = 86_400_000;
const testimony = (gap: number, days: readonly number[]) => ({
  headers: { date: new Date(noon + gap).toUTCString() },
  asked: { from: noon, to: noon },
  perDay: new Map(days.map((each) => [each, 1])),
});
const numDays: WindowRequest = { by: "numDays", from: today - 1, through: today, wider: 0 };
const skew = (gap: number, days: readonly number[], request = numDays) =>
  witnessedSkew(testimony(gap, days), request, undefined);

describe("the three witnesses of the time", () => {
  it("are not needed while two clocks are less than two days apart", () => {
    expect(skew(30_000, [])).toBe(0);
    expect(skew(2 * day, [])).toBe(2 * day);
  });

  it("find our clock wrong when the entries are the server's", () => {
    expect(skew(-300 * day, [today - 300, today - 301])).toBe(-300 * day);
    expect(skew(5 * day, [today + 5])).toBe(5 * day);
  });

  it("find the header wrong when the entries are ours", () => {
    expect(skew(300 * day, [today])).toBe(0);
    expect(skew(-300 * day, [today])).toBe(0);
  });

  it("leave it open without an entry, or with one that no clock or either clock allows", () => {
    expect(skew(300 * day, [])).toBeUndefined();
    expect(skew(300 * day, [today + 4000])).toBeUndefined();
    expect(skew(300 * day, [today + 100])).toBeUndefined();
    expect(
      skew(-300 * day, [today - 310], { by: "startDate", from: today - 310, through: today - 310, wider: 0 }),
    ).toBe(undefined);
  });

  it("judge the same difference as before where the entries leave it open", () => {
    const judge = (gap: number, decided: { gap: number; skew: number }) =>
      witnessedSkew(testimony(gap, []), numDays, decided);
    expect(judge(300 * day, { gap: 300 * day + 60_000, skew: 0 })).toBe(0);
    expect(judge(300 * day, { gap: 300 * day, skew: 300 * day })).toBe(300 * day);
    expect(judge(300 * day, { gap: 299 * day, skew: 0 })).toBeUndefined();
  });

  it("name the difference and the fix", () => {
    expect(clocksDisagree(testimony(300 * day, []))).toMatchObject({
      message: expect.stringContaining("300 days"),
      hold: true,
    });
  });
});
