import { describe, expect, it } from "vitest";
import { Allowance, Unfinished } from "../../src/ingest/allowance.ts";

const record = (bytes: number) => ({ bytes: Buffer.alloc(bytes, 1) });

describe("the allowance of a read", () => {
  it("holds copies of records, up to some megabytes, and one however large", () => {
    const whole = record(64 * 1024 * 1024);
    const large = new Allowance(new Set());
    expect(large.hold(whole, "5 a")?.bytes.length).toBe(whole.bytes.length);
    expect(large.hold(record(1), "5 a")).toBeUndefined();
    const small = new Allowance(new Set());
    const first = record(10);
    const held = small.hold(first, "5 a");
    first.bytes.fill(2);
    expect(held?.bytes[0]).toBe(1);
    let count = 1;
    while (small.hold(record(10), "5 b") !== undefined) count++;
    expect(count).toBeGreaterThan(1000);
    expect(count).toBeLessThan(10_000);
  });

  it("holds what the read before had no room for, whatever else there is", () => {
    const left = new Unfinished();
    left.want("5 a");
    const allowance = new Allowance(left.wanted);
    let others = 0;
    while (allowance.hold(record(10_000), "5 b") !== undefined) others++;
    expect(others).toBeGreaterThan(100);
    expect(others).toBeLessThan(210);
    expect(allowance.hold(record(64 * 1024 * 1024), "5 a")).toBeDefined();
    expect(allowance.hold(record(1), "5 a")).toBeUndefined();
  });

  it("has room for some ten thousand identities whose twins are told apart", () => {
    const allowance = new Allowance(new Set());
    let count = 0;
    for (; allowance.takeShowing(1); count++) allowance.takeName();
    expect(count).toBeGreaterThan(10_000);
    expect(count).toBeLessThan(50_000);
  });

  it("wants no more than can be remembered", () => {
    const left = new Unfinished();
    for (let n = 0; n < 10_000; n++) left.want(`5 ${n}`);
    expect(left.more).toBe(false);
    left.want("5 more");
    expect([left.wanted.size, left.more]).toEqual([10_000, true]);
  });
});
