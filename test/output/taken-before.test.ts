import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TakenBefore } from "../../src/output/taken-before.ts";
import { payloadsOfBytes } from "../fake/payloads.ts";

const batch = (texts: readonly string[]) => payloadsOfBytes(texts.map((text) => Buffer.from(text)));

describe("what a receiver has of a batch that failed", () => {
  it("is not sent again, until the batch is delivered", () => {
    const before = new TakenBefore();
    const failed = batch(["a", "b", "c"]);
    expect(before.others(failed)).toEqual([0, 1, 2]);
    before.remember(failed, [0, 2]);
    expect(before.others(failed)).toEqual([1]);
    expect(before.others(failed)).toEqual([1]);
    before.remember(failed, [1]);
    expect(before.others(failed)).toEqual([]);
    before.over(failed);
    expect(before.others(failed)).toEqual([0, 1, 2]);
  });

  it("is known of the parts in which the batch comes again", () => {
    const before = new TakenBefore();
    before.remember(batch(["a", "b", "c", "d"]), [0, 1, 3]);
    expect(before.others(batch(["a", "b"]))).toEqual([]);
    before.over(batch(["a", "b"]));
    expect(before.others(batch(["c", "d", "e"]))).toEqual([0, 2]);
  });

  it("is forgotten when another batch has passed", () => {
    const before = new TakenBefore();
    before.remember(batch(["a"]), [0]);
    before.over(batch(["x"]));
    expect(before.others(batch(["a"]))).toEqual([0]);
  });

  it("is counted: of messages that look the same each is sent as often as it was not taken", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean()), { maxLength: 30 }),
        (messages) => {
          const before = new TakenBefore();
          const all = batch(messages.map(([text]) => text));
          const taken = messages.flatMap(([, was], index) => (was ? [index] : []));
          before.remember(all, taken);
          const sent = before.others(all).map((index) => messages[index]?.[0]);
          const missing = messages.filter(([, was]) => !was).map(([text]) => text);
          expect(sent.sort()).toEqual(missing.sort());
        },
      ),
    );
  });
});
