import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { KeyOrder } from "../../src/record/key-order.ts";

function add(order: KeyOrder, key: string): void {
  for (let at = 0; at < key.length; at += 1) order.units[order.size + at] = key.charCodeAt(at);
  order.add(order.size + key.length);
}

/** The order of these keys, as an object has them that is open inside another one. */
function orderOf(keys: readonly string[]): number[] {
  const order = new KeyOrder(keys.join("").length + 5);
  add(order, "outer");
  for (const key of keys) add(order, key);
  return Array.from(order.inOrder(1), (member) => member - 1);
}

function slowly(keys: readonly string[]): number[] {
  const places = keys.map((_, at) => at);
  const [a, b] = [(at: number) => keys[at] as string, (at: number) => keys[at] as string];
  return places.sort((left, right) => (a(left) < b(right) ? -1 : a(left) > b(right) ? 1 : left - right));
}

/** Many that begin alike, end early, or are the same. */
const unit = fc.constantFrom("\u0000", "a", "a", "a", "b", "\u00ff", "\u0100", "\ud800", "\udc00", "\uffff");
const keysOf = fc.oneof(
  fc.array(fc.string({ unit, maxLength: 12 }), { maxLength: 200 }),
  fc.array(fc.string({ unit: fc.constantFrom("\u0000", "a", "b"), maxLength: 20 }), {
    minLength: 50,
    maxLength: 400,
  }),
);

describe("KeyOrder", () => {
  it("is that of the keys as texts, and of one key that in which they came", () => {
    fc.assert(
      fc.property(keysOf, (keys) => {
        expect(orderOf(keys)).toEqual(slowly(keys));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["that grow by one", Array.from({ length: 1_000 }, (_, at) => "a".repeat(1_000 - at))],
    ["that are all one", new Array<string>(1_000).fill("a".repeat(900))],
    [
      "that differ in their last alone",
      Array.from({ length: 900 }, (_, at) => `${"a".repeat(900)}${at % 7}`),
    ],
  ])("holds for keys %s", (_, keys) => {
    expect(orderOf(keys)).toEqual(slowly(keys));
  });

  it("says whether the last key may stand where it does, and forgets what is closed", () => {
    const order = new KeyOrder(20);
    for (const key of ["b", "a", "a", "ab"]) add(order, key);
    expect(order.follows).toBe(true);
    order.close(2);
    expect([order.members, order.size, order.follows]).toEqual([2, 2, false]);
  });

  it("asks for no pair of many members", () => {
    const sort = vi.spyOn(Object.getPrototypeOf(Float64Array.prototype), "sort");
    onTestFinished(() => sort.mockRestore());
    const keys = Array.from({ length: 5_000 }, (_, at) => `${(at * 7_919) % 5_003}`.padStart(4, "0"));
    expect(orderOf(keys)).toEqual(slowly(keys));
    expect(sort.mock.calls).toEqual([[]]);
  });
});
