import { expect, it } from "vitest";
import { Payloads } from "../../src/output/payloads.ts";
import type { Origin } from "../../src/record/origin.ts";
import { textsOf } from "../fake/payloads.ts";

const from = (source: string) => ({ origin: { source } as Origin });

function payloads(...texts: string[]): Payloads {
  const made = new Payloads(1);
  for (const text of texts) made.add(from(text), (_, into) => into.text(text));
  return made;
}

it("keeps payloads one behind the other, each with its size and where it is from", () => {
  const made = payloads("one", "", "three");
  expect([made.count, made.byteLength, made.whole().toString()]).toEqual([3, 8, "onethree"]);
  expect(textsOf(made)).toEqual(["one", "", "three"]);
  expect([0, 1, 2].map((at) => made.size(at))).toEqual([3, 0, 5]);
  expect([0, 1, 2].map((at) => made.origin(at).source)).toEqual(["one", "", "three"]);
});

it("knows where each is from, where several neighbours are from one place and some are taken back", () => {
  const made = new Payloads();
  const [one, two] = [from("one"), from("two")];
  const sources = () => Array.from({ length: made.count }, (_, at) => made.origin(at).source);
  for (const event of [one, one, two, two]) made.add(event, (_, into) => into.byte(0x2e));
  expect(sources()).toEqual(["one", "one", "two", "two"]);
  for (let taken = 0; taken < 3; taken += 1) made.takeBack();
  made.add(one, (_, into) => into.byte(0x2e));
  made.add(two, (_, into) => into.byte(0x2e));
  expect(sources()).toEqual(["one", "one", "two"]);
  made.clear();
  made.add(two, (_, into) => into.byte(0x2e));
  expect(sources()).toEqual(["two"]);
});

it("takes the last one back, and adds nothing of one that cannot be made", () => {
  const made = payloads("one", "two");
  made.takeBack();
  const half = () =>
    made.add(from("x"), (_, into) => {
      into.text("half");
      throw new RangeError("no further");
    });
  expect(half).toThrow("no further");
  made.add(from("three"), (_, into) => into.text("three"));
  expect(textsOf(made)).toEqual(["one", "three"]);
  made.takeBack();
  made.takeBack();
  expect([made.count, made.byteLength]).toEqual([0, 0]);
});

it("copies some of them", () => {
  const made = payloads("one", "two", "three");
  const some = made.only([2, 0]);
  made.takeBack();
  made.add(from("x"), (_, into) => into.text("xxxxx"));
  expect(textsOf(some)).toEqual(["three", "one"]);
  expect(some.origin(0).source).toBe("three");
});

it("gives the bytes of some of them, and of all without a copy", () => {
  const made = payloads("one", "two", "three");
  expect(made.bytesOf([0, 2]).toString()).toBe("onethree");
  expect(made.bytesOf([]).toString()).toBe("");
  expect(made.bytesOf([0, 1, 2]).toString()).toBe("onetwothree");
  expect(made.bytesOf([0, 1, 2]).buffer).toBe(made.whole().buffer);
});
